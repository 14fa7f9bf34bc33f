import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import javax.xml.parsers.DocumentBuilderFactory;
import org.w3c.dom.Element;

/**
 * Adds up what {@code ./check} did and prints it for a person: failures with their message, skipped tests with their
 * reason, and the last line {@code N passed, N failed, N skipped}. Exits with 1 if something failed or nothing ran.
 *
 * <pre>  java Results.java FOLDER PROBLEMS PASSED SECONDS </pre>
 *
 * FOLDER holds modules with target/surefire-reports; PROBLEMS is a file with one failure that is not a test's a line
 * (lines that start with a space belong to the one above); PASSED counts what passed elsewhere.
 */
final class Results {
    static final int SHOWN = 20;
    static final int MESSAGE_LINES = 4;
    static final int WIDTH = 200;

    /** What JUnit says when the author of a skipped test says nothing. */
    static final Pattern NO_REASON =
            Pattern.compile("|.* is @Disabled|assumption is (not )?(true|false)");

    int passed;
    int failed;
    final List<String> failures = new ArrayList<>();
    final List<String> skips = new ArrayList<>();

    public static void main(String[] args) throws Exception {
        var results = new Results();
        Path folder = Path.of(args[0]);
        for (Path report : reports(folder)) {
            results.read(folder.relativize(report).getName(0).toString(), report);
        }
        results.problems(Path.of(args[1]));
        int tests = results.passed + results.failed + results.skips.size();
        results.passed += Integer.parseInt(args[2]);
        if (tests == 0) {
            results.fail("no test ran");
        }
        results.print(args[3]);
        System.exit(results.failed > 0 ? 1 : 0);
    }

    static List<Path> reports(Path folder) throws IOException {
        var found = new ArrayList<Path>();
        try (Stream<Path> modules = Files.list(folder)) {
            for (Path module : modules.sorted().toList()) {
                File[] files = module.resolve("target/surefire-reports").toFile()
                        .listFiles((_, name) -> name.startsWith("TEST-") && name.endsWith(".xml"));
                if (files != null) {
                    Stream.of(files).map(File::toPath).sorted().forEach(found::add);
                }
            }
        }
        return found;
    }

    void read(String module, Path report) {
        try {
            var cases = DocumentBuilderFactory.newInstance().newDocumentBuilder().parse(report.toFile())
                    .getElementsByTagName("testcase");
            for (int i = 0; i < cases.getLength(); i++) {
                read(module, (Element) cases.item(i));
            }
        } catch (Exception e) {
            fail(module + ": " + report.getFileName() + " cannot be read: " + e.getMessage());
        }
    }

    void read(String module, Element test) {
        String type = test.getAttribute("classname");
        String name = module + ": " + type.substring(type.lastIndexOf('.') + 1) + "." + test.getAttribute("name");
        Element failure = child(test, "failure", "error");
        Element skip = child(test, "skipped");
        if (failure != null) {
            fail(name + message(failure.getAttribute("message"), failure.getTextContent()) + place(type, failure.getTextContent()));
        } else if (skip == null) {
            passed++;
        } else if (NO_REASON.matcher(reason(skip)).matches()) {
            fail(name + "\n  is skipped without a reason: give one to @Disabled or to the assumption");
        } else {
            skips.add(name + ": " + reason(skip));
        }
    }

    /** What @Disabled says is an attribute, what an assumption says is in the first line of its trace. */
    static String reason(Element skip) {
        String message = skip.getAttribute("message");
        String text = message.isBlank() ? skip.getTextContent().replaceFirst("^\\s*[\\w.$]+(: |$)", "") : message;
        return text.strip().lines().findFirst().orElse("").replaceFirst("^Assumption failed: ?", "");
    }

    static Element child(Element test, String... names) {
        for (String name : names) {
            if (test.getElementsByTagName(name).item(0) instanceof Element found) {
                return found;
            }
        }
        return null;
    }

    static String message(String message, String trace) {
        String text = message.isBlank() ? trace.lines().findFirst().orElse("") : message;
        var shown = new StringBuilder();
        text.lines().filter(line -> !line.isBlank()).limit(MESSAGE_LINES).forEach(line -> shown.append("\n  ").append(line));
        return shown.toString();
    }

    /** The first line of the trace that lies in the test's own file. */
    static String place(String type, String trace) {
        String file = type.substring(type.lastIndexOf('.') + 1).replaceFirst("\\$.*", "") + ".java:";
        return trace.lines().filter(line -> line.contains("(" + file)).findFirst()
                .map(line -> "\n  " + line.strip()).orElse("");
    }

    void problems(Path file) throws IOException {
        StringBuilder problem = null;
        for (String line : Files.readAllLines(file)) {
            if (line.startsWith(" ") && problem != null) {
                problem.append('\n').append(line);
            } else if (!line.isBlank()) {
                if (problem != null) {
                    fail(problem.toString());
                }
                problem = new StringBuilder(line);
            }
        }
        if (problem != null) {
            fail(problem.toString());
        }
    }

    void fail(String text) {
        failed++;
        failures.add(text);
    }

    void print(String seconds) {
        show("SKIPPED", skips);
        show("FAILED", failures);
        System.out.println(seconds + " s");
        System.out.println(passed + " passed, " + failed + " failed, " + skips.size() + " skipped");
    }

    static void show(String title, List<String> entries) {
        if (entries.isEmpty()) {
            return;
        }
        System.out.println();
        System.out.println(title);
        for (String entry : entries.subList(0, Math.min(SHOWN, entries.size()))) {
            entry.lines().map(line -> line.length() > WIDTH ? line.substring(0, WIDTH) + "…" : line)
                    .forEach(line -> System.out.println("  " + line));
        }
        if (entries.size() > SHOWN) {
            System.out.println("  and " + (entries.size() - SHOWN) + " more");
        }
        System.out.println();
    }
}
