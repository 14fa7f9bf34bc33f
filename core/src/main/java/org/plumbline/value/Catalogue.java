package org.plumbline.value;

import java.lang.reflect.Constructor;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Modifier;
import java.lang.reflect.RecordComponent;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * The named values of one kind, which print as they parse: {@code dfa:gain=2} is {@code new
 * DirectFeedback(2, …)}.
 *
 * <p>A value is a record. Its public no-argument constructor gives the defaults, its components are
 * its parameters, and {@link About} says in a line what each is. Component types: {@code double},
 * {@code int}, {@code long}, enums and strings. A component called {@code learningRate} is written
 * {@code learning-rate}; {@link Key} gives another name.
 *
 * @param <T> the kind, for example {@code LearningRule}
 */
public final class Catalogue<T> {
  private static final Set<Class<?>> PLAIN =
      Set.of(double.class, int.class, long.class, String.class);
  private static final Pattern WORD = Pattern.compile("[a-z][a-z0-9]*(-[a-z0-9]+)*");

  private final String kind;
  private final Map<String, Entry<? extends T>> entries = new LinkedHashMap<>();

  /**
   * One parameter of a value.
   *
   * @param name as it is written
   * @param fallback the default, printed
   * @param about one line
   */
  public record Parameter(String name, String fallback, String about) {}

  private record Entry<T>(Class<T> type, T fallback) {}

  /**
   * An empty catalogue.
   *
   * @param kind the field's word for what it holds, used in messages: {@code rule}, {@code
   *     optimizer}
   */
  public Catalogue(String kind) {
    this.kind = kind;
  }

  /**
   * Adds a value.
   *
   * @param name as it is written
   * @param type a record with a public no-argument constructor
   * @param <S> the type of the value
   * @return this catalogue
   * @throws IllegalArgumentException if it can be no value, or its name is taken; the message goes
   *     on after the name of the type
   */
  public <S extends T> Catalogue<T> with(String name, Class<S> type) {
    requireValue(type);
    requireWord("its name", name);
    Entry<? extends T> other = entries.get(name);
    if (other != null) {
      throw new IllegalArgumentException(
          "is called '%s', which is taken by %s; give it another name with @Key"
              .formatted(name, other.type.getName()));
    }
    entries.put(name, new Entry<>(type, made(type)));
    return this;
  }

  /**
   * Adds a value under the name that it gives itself: its {@link Key}, or the name of its type,
   * {@code my-rule} for {@code MyRule}.
   *
   * @param type a record with a public no-argument constructor
   * @param <S> the type of the value
   * @return this catalogue
   * @throws IllegalArgumentException as {@link #with(String, Class)}
   */
  public <S extends T> Catalogue<T> with(Class<S> type) {
    Key key = type.getAnnotation(Key.class);
    return with(key == null ? hyphened(type.getSimpleName()) : key.value(), type);
  }

  /**
   * Another catalogue of the same values, to which more can be added.
   *
   * @return a copy
   */
  public Catalogue<T> copied() {
    return new Catalogue<T>(kind).withAll(this);
  }

  /**
   * Adds all values of a catalogue of a narrower kind.
   *
   * @param others what to add
   * @return this catalogue
   */
  public Catalogue<T> withAll(Catalogue<? extends T> others) {
    entries.putAll(others.entries);
    return this;
  }

  /**
   * All names, in the order in which they were added.
   *
   * @return an unmodifiable view
   */
  public Set<String> names() {
    return Collections.unmodifiableSet(entries.keySet());
  }

  /**
   * The value of a name with its defaults.
   *
   * @param name one of {@link #names}
   * @return the value
   */
  public T fallback(String name) {
    return entry(name).fallback;
  }

  /**
   * The line about a name.
   *
   * @param name one of {@link #names}
   * @return the text of its {@link About}, or nothing
   */
  public String about(String name) {
    About about = entry(name).type.getAnnotation(About.class);
    return about == null ? "" : about.value();
  }

  /**
   * The parameters of a name.
   *
   * @param name one of {@link #names}
   * @return in the order of the record's components
   */
  public List<Parameter> parameters(String name) {
    Entry<? extends T> entry = entry(name);
    List<Parameter> parameters = new ArrayList<>();
    for (RecordComponent component : entry.type.getRecordComponents()) {
      About about = component.getAnnotation(About.class);
      parameters.add(
          new Parameter(
              key(component),
              printed(read(component, entry.fallback)),
              about == null ? "" : about.value()));
    }
    return parameters;
  }

  /**
   * Reads {@code name} or {@code name:key=value,key=value}.
   *
   * @param text as a user writes it
   * @return the value
   * @throws BadInput with the nearest name, when a name, a key or a value is unknown
   */
  public T parse(String text) {
    int colon = text.indexOf(':');
    String name = (colon < 0 ? text : text.substring(0, colon)).strip();
    Map<String, String> given = new LinkedHashMap<>();
    if (colon >= 0) {
      for (String part : text.substring(colon + 1).split(",", -1)) {
        int equals = part.indexOf('=');
        if (equals < 0) {
          throw new BadInput(
              "%s '%s': a parameter is written key=value, but '%s' is not; parameters of %s: %s"
                  .formatted(kind, text, part.strip(), name, keys(entry(name).type)));
        }
        String key = part.substring(0, equals).strip();
        if (given.put(key, part.substring(equals + 1).strip()) != null) {
          throw new BadInput("%s '%s': parameter '%s' is given twice".formatted(kind, text, key));
        }
      }
    }
    return build(name, given);
  }

  /**
   * Takes a list apart: {@code bp,dfa:gain=2,law=normal,fa} is {@code bp}, {@code
   * dfa:gain=2,law=normal} and {@code fa}. A part with {@code =} and no name before a colon is a
   * parameter of the value before it.
   *
   * @param list values as {@link #parse} reads them, separated by commas
   * @return each of them, to be parsed
   * @throws BadInput if a part is empty or a parameter has no value to belong to
   */
  public List<String> split(String list) {
    List<String> texts = new ArrayList<>();
    for (String part : list.split(",", -1)) {
      String text = part.strip();
      int equals = text.indexOf('=');
      int colon = text.indexOf(':');
      if (text.isEmpty()) {
        throw new BadInput(
            "list of %ss '%s': a name is missing between or beside its commas"
                .formatted(kind, list));
      }
      if (equals < 0 || (colon >= 0 && colon < equals)) {
        texts.add(text);
      } else if (texts.isEmpty() || !texts.getLast().contains(":")) {
        throw new BadInput(
            "list of %ss '%s': parameter '%s' must stand behind a name and a colon, %s:%s"
                .formatted(kind, list, text, texts.isEmpty() ? kind : texts.getLast(), text));
      } else {
        texts.add(texts.removeLast() + "," + text);
      }
    }
    return texts;
  }

  /**
   * Makes a value from its name and parameters.
   *
   * @param name one of {@link #names}
   * @param given parameters by name; those not given keep their defaults
   * @return the value
   * @throws BadInput with the nearest name, when a name, a key or a value is unknown
   */
  public T build(String name, Map<String, String> given) {
    Entry<? extends T> entry = entry(name);
    RecordComponent[] components = entry.type.getRecordComponents();
    List<String> keys = keys(entry.type);
    for (String key : given.keySet()) {
      if (!keys.contains(key)) {
        throw new BadInput(
            keys.isEmpty()
                ? "%s '%s' has no parameters, but '%s' was given".formatted(kind, name, key)
                : "unknown parameter '%s' of %s '%s'; %s"
                    .formatted(key, kind, name, Nearest.hint(key, keys)));
      }
    }
    Object[] arguments = new Object[components.length];
    for (int i = 0; i < components.length; i++) {
      String text = given.get(keys.get(i));
      arguments[i] =
          text == null
              ? read(components[i], entry.fallback)
              : convert(components[i].getType(), text, kind + " '" + name + "': " + keys.get(i));
    }
    return construct(entry.type, components, arguments);
  }

  /**
   * Prints a value as it parses; parameters at their defaults are left out.
   *
   * @param value a value of this catalogue
   * @return {@code name} or {@code name:key=value,…}
   */
  public String print(T value) {
    Map<String, String> parameters = parametersOf(value);
    String name = nameOf(value);
    T fallback = entry(name).fallback;
    Map<String, String> defaults = parametersOf(fallback);
    String list =
        parameters.entrySet().stream()
            .filter(e -> !e.getValue().equals(defaults.get(e.getKey())))
            .map(e -> e.getKey() + "=" + e.getValue())
            .collect(Collectors.joining(","));
    return list.isEmpty() ? name : name + ":" + list;
  }

  /**
   * Prints a value with all its parameters, so that the text stays true when a default changes.
   *
   * @param value a value of this catalogue
   * @return {@code name} or {@code name:key=value,…}
   */
  public String printAll(T value) {
    String list =
        parametersOf(value).entrySet().stream()
            .map(e -> e.getKey() + "=" + e.getValue())
            .collect(Collectors.joining(","));
    return list.isEmpty() ? nameOf(value) : nameOf(value) + ":" + list;
  }

  /**
   * The name of a value.
   *
   * @param value a value of this catalogue
   * @return the name under which its type was added
   */
  public String nameOf(T value) {
    return entries.entrySet().stream()
        .filter(e -> e.getValue().type == value.getClass())
        .map(Map.Entry::getKey)
        .findFirst()
        .orElseThrow(
            () -> new IllegalArgumentException(value.getClass() + " is in no catalogue: " + kind));
  }

  /**
   * All parameters of a value, printed.
   *
   * @param value a value of this catalogue
   * @return parameter names and values, in the order of the components
   */
  public Map<String, String> parametersOf(T value) {
    Map<String, String> parameters = new LinkedHashMap<>();
    for (RecordComponent component : value.getClass().getRecordComponents()) {
      parameters.put(key(component), printed(read(component, value)));
    }
    return parameters;
  }

  /** Prints a component so that parsing gives the same component: 1 for 1.0, 1.0E-4 as 1e-4. */
  static String printed(Object value) {
    return switch (value) {
      case Double d when d == Math.rint(d) && Math.abs(d) < 1e15 -> Long.toString(d.longValue());
      case Double d -> Double.toString(d).replace(".0E", "e").replace('E', 'e');
      case Enum<?> e -> words(e);
      default -> value.toString();
    };
  }

  private static String words(Enum<?> constant) {
    return constant.name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  /** {@code MyDFARule} as {@code my-dfa-rule}. */
  private static String hyphened(String name) {
    return name.replaceAll("([a-z0-9])([A-Z])", "$1-$2")
        .replaceAll("([A-Z])([A-Z][a-z])", "$1-$2")
        .toLowerCase(Locale.ROOT);
  }

  /** Whatever would only be found out when the value is printed or parsed. */
  private void requireValue(Class<?> type) {
    if (!type.isRecord()) {
      throw new IllegalArgumentException(
          "is no record; a %s is a record whose components are its parameters".formatted(kind));
    }
    if (!Modifier.isPublic(type.getModifiers())) {
      throw new IllegalArgumentException("is not public; make the record public");
    }
    for (RecordComponent component : type.getRecordComponents()) {
      Class<?> of = component.getType();
      if (!PLAIN.contains(of) && !of.isEnum()) {
        throw new IllegalArgumentException(
            "has a component '%s' of type %s, which cannot be parsed; use double, int, long, String or an enum"
                .formatted(component.getName(), of.getSimpleName()));
      }
      requireWord("its component '" + component.getName() + "'", key(component));
    }
  }

  private static void requireWord(String what, String name) {
    if (!WORD.matcher(name).matches()) {
      throw new IllegalArgumentException(
          "cannot be written: %s must be lower-case letters and digits, joined by hyphens, but is '%s'; give another with @Key"
              .formatted(what, name));
    }
  }

  private static <S> S made(Class<S> type) {
    try {
      return type.getConstructor().newInstance();
    } catch (NoSuchMethodException e) {
      throw new IllegalArgumentException(
          "has no public constructor without arguments; add one that gives the defaults", e);
    } catch (InvocationTargetException e) {
      if (e.getCause() instanceof LinkageError misfit) {
        throw misfit;
      }
      throw new IllegalArgumentException(
          "cannot be made with its defaults: its constructor threw " + e.getCause(), e);
    } catch (ReflectiveOperationException e) {
      throw new IllegalArgumentException("cannot be made: " + e, e);
    }
  }

  private Entry<? extends T> entry(String name) {
    Entry<? extends T> entry = entries.get(name);
    if (entry == null) {
      throw new BadInput("unknown %s '%s'; %s".formatted(kind, name, Nearest.hint(name, names())));
    }
    return entry;
  }

  private static List<String> keys(Class<?> type) {
    return Arrays.stream(type.getRecordComponents()).map(Catalogue::key).toList();
  }

  private static String key(RecordComponent component) {
    Key key = component.getAnnotation(Key.class);
    if (key != null) {
      return key.value();
    }
    return hyphened(component.getName());
  }

  private static Object convert(Class<?> type, String text, String what) {
    try {
      if (type == double.class) {
        return Double.parseDouble(text);
      } else if (type == int.class) {
        return Integer.parseInt(text);
      } else if (type == long.class) {
        return Long.parseLong(text);
      }
    } catch (NumberFormatException e) {
      throw new BadInput(
          "%s must be a %s, but is '%s'"
              .formatted(what, type == double.class ? "number" : "whole number", text),
          e);
    }
    if (type.isEnum()) {
      List<String> known = new ArrayList<>();
      for (Object constant : type.getEnumConstants()) {
        String name = words((Enum<?>) constant);
        if (name.equals(text)) {
          return constant;
        }
        known.add(name);
      }
      throw new BadInput("%s: unknown '%s'; %s".formatted(what, text, Nearest.hint(text, known)));
    }
    if (type == String.class) {
      return text;
    }
    throw new IllegalStateException("a component of type " + type + " cannot be parsed");
  }

  private static Object read(RecordComponent component, Object value) {
    try {
      return component.getAccessor().invoke(value);
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException(component + " must be public", e);
    }
  }

  private static <S> S construct(Class<S> type, RecordComponent[] components, Object[] arguments) {
    Class<?>[] types =
        Arrays.stream(components).map(RecordComponent::getType).toArray(Class<?>[]::new);
    try {
      Constructor<S> constructor = type.getConstructor(types);
      return constructor.newInstance(arguments);
    } catch (InvocationTargetException e) {
      if (e.getCause() instanceof RuntimeException refused) {
        throw refused;
      }
      throw new IllegalStateException(e);
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException(type + " must be public, with a public constructor", e);
    }
  }
}
