package org.plumbline.data;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.plumbline.value.BadInput;

/**
 * The folders that hold data sets, each in a folder of its own.
 *
 * @param folders in the order in which they are tried
 * @param scope whether the files of a set may also lie in the folder itself
 */
record Places(List<Path> folders, Scope scope) {
  /** Where a folder comes from. */
  enum Scope {
    GIVEN,
    USUAL
  }

  /** The folder that was given, or else the usual ones. */
  static Places of(Optional<Path> dataDir) {
    return of(dataDir, System.getenv());
  }

  static Places of(Optional<Path> dataDir, Map<String, String> environment) {
    if (dataDir.isPresent()) {
      if (!Files.isDirectory(dataDir.get())) {
        throw new BadInput("data-dir must be a folder, but " + dataDir.get() + " is not one");
      }
      return new Places(List.of(dataDir.get()), Scope.GIVEN);
    }
    List<Path> folders = new ArrayList<>();
    String data = environment.getOrDefault("PLUMBLINE_DATA", "");
    if (!data.isBlank()) {
      folders.add(Path.of(data));
    }
    folders.add(cache(environment));
    folders.add(Path.of("/usr/share/datasets"));
    return new Places(folders, Scope.USUAL);
  }

  /** Where downloads go unless a folder is given. */
  static Path cache(Map<String, String> environment) {
    String cache = environment.getOrDefault("XDG_CACHE_HOME", "");
    return (cache.isBlank()
            ? Path.of(System.getProperty("user.home", ".")).resolve(".cache")
            : Path.of(cache))
        .resolve("plumbline");
  }

  /** The folders in which the files of a set may lie. */
  List<Path> of(String folder) {
    List<Path> all = new ArrayList<>();
    for (Path place : folders) {
      all.add(place.resolve(folder));
      if (scope == Scope.GIVEN) {
        all.add(place);
      }
    }
    return all;
  }
}
