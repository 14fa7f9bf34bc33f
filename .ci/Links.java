import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * Prints the links in Markdown files that lead nowhere: relative files that are not there, headings that are not in them.
 *
 * <pre>  java Links.java FILE… </pre>
 *
 * Exits with 1 if there is one. Links to other sites are not followed.
 */
final class Links {
    /** [text](target) and ![text](target), with or without a title; and [label]: target. */
    static final Pattern LINK = Pattern.compile("\\]\\(<?([^()\\s>]+)>?(?:\\s+\"[^\"]*\")?\\)|^\\[[^\\]^]+\\]:\\s+<?([^\\s>]+)>?");
    static final Pattern ELSEWHERE = Pattern.compile("[a-zA-Z][a-zA-Z0-9+.-]*:.*|//.*");
    static final Pattern HEADING = Pattern.compile("#{1,6}\\s+(.*?)\\s*#*");
    static final Pattern ANCHOR = Pattern.compile("(?:id|name)=\"([^\"]+)\"");

    public static void main(String[] args) throws IOException {
        int broken = 0;
        for (String name : args) {
            Path file = Path.of(name);
            int number = 0;
            for (String line : prose(Files.readAllLines(file))) {
                number++;
                var link = LINK.matcher(line);
                while (link.find()) {
                    String target = link.group(1) != null ? link.group(1) : link.group(2);
                    String problem = ELSEWHERE.matcher(target).matches() ? "" : problem(file, target);
                    if (!problem.isEmpty()) {
                        System.out.println(name + ":" + number + ": link to " + target + ": " + problem);
                        broken++;
                    }
                }
            }
        }
        System.exit(broken > 0 ? 1 : 0);
    }

    static String problem(Path file, String target) throws IOException {
        int hash = target.indexOf('#');
        String path = (hash < 0 ? target : target.substring(0, hash)).replace("%20", " ");
        Path there = path.isEmpty() ? file : file.resolveSibling(path);
        if (path.startsWith("/")) {
            return "is absolute; write it relative to this file";
        }
        if (!Files.exists(there)) {
            return "there is no such file";
        }
        boolean heading = hash >= 0 && there.toString().endsWith(".md");
        return heading && !anchors(there).contains(target.substring(hash + 1)) ? "there is no such heading" : "";
    }

    /** The names that headings get on the usual sites: lower case, no punctuation, hyphens for spaces, -1 for a second. */
    static Set<String> anchors(Path file) throws IOException {
        var anchors = new HashSet<String>();
        for (String line : prose(Files.readAllLines(file))) {
            var heading = HEADING.matcher(line);
            if (heading.matches()) {
                String name = heading.group(1).replaceAll("\\[([^\\]]*)\\]\\([^)]*\\)", "$1").toLowerCase(Locale.ROOT)
                        .replaceAll("[^\\p{L}\\p{N} _-]", "").replace(' ', '-');
                String unique = name;
                for (int i = 1; !anchors.add(unique); i++) {
                    unique = name + "-" + i;
                }
            }
            var anchor = ANCHOR.matcher(line);
            while (anchor.find()) {
                anchors.add(anchor.group(1));
            }
        }
        return anchors;
    }

    /** The lines, with those inside ``` fences and the spans inside ` ` made empty. */
    static List<String> prose(List<String> lines) {
        boolean[] fenced = {false};
        return lines.stream().map(line -> {
            boolean fence = line.stripLeading().startsWith("```") || line.stripLeading().startsWith("~~~");
            fenced[0] ^= fence;
            return fence || fenced[0] ? "" : line.startsWith("#") ? line.replace("`", "") : line.replaceAll("`[^`]*`", "");
        }).toList();
    }
}
