package org.plumbline.value;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.MalformedURLException;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.URL;
import java.net.URLConnection;
import java.net.URLStreamHandler;
import java.util.Collections;
import java.util.Enumeration;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Classes and resources from memory; those of the parent come first. Open while the process is. */
final class PluginLoader extends ClassLoader {
  static final String NAME = "plugins";

  private final Map<String, byte[]> entries;

  /**
   * A loader.
   *
   * @param parent is asked first
   * @param entries by path
   */
  PluginLoader(ClassLoader parent, Map<String, byte[]> entries) {
    super(NAME, parent);
    this.entries = Map.copyOf(entries);
  }

  static String path(String type) {
    return type.replace('.', '/') + ".class";
  }

  @Override
  protected Class<?> findClass(String name) throws ClassNotFoundException {
    byte[] bytes = entries.get(path(name));
    if (bytes == null) {
      throw new ClassNotFoundException(name);
    }
    return defineClass(name, bytes, 0, bytes.length);
  }

  @Override
  protected @Nullable URL findResource(String name) {
    byte[] bytes = entries.get(name);
    return bytes == null ? null : url(name, bytes);
  }

  @Override
  protected Enumeration<URL> findResources(String name) {
    byte[] bytes = entries.get(name);
    return Collections.enumeration(bytes == null ? List.of() : List.of(url(name, bytes)));
  }

  private static URL url(String name, byte[] bytes) {
    try {
      return URL.of(new URI("plugin", "", "/" + name, null), new InMemory(bytes));
    } catch (URISyntaxException | MalformedURLException e) {
      throw new UncheckedIOException(new IOException(name, e));
    }
  }

  private static final class InMemory extends URLStreamHandler {
    private final byte[] bytes;

    InMemory(byte[] bytes) {
      this.bytes = bytes;
    }

    @Override
    protected URLConnection openConnection(URL url) {
      return new URLConnection(url) {
        @Override
        public void connect() {}

        @Override
        public InputStream getInputStream() {
          return new ByteArrayInputStream(bytes);
        }
      };
    }
  }
}
