//! `.helmignore`: which files of a chart's folder are not part of the chart.
//!
//! The rules are those of Helm's `pkg/ignore`, which are not those of .gitignore: `**` is refused, and a rule after `!`
//! ignores whatever it does *not* match. Touches no file system.

use super::glob::{BadPattern, PathPattern};

/// What Helm adds to every .helmignore: hidden files beside templates are not templates.
const DEFAULT: &str = "templates/.?*";

/// The longest line that Helm reads, without its line end.
const MAX_LINE: usize = 65_535;

/// The rules of a .helmignore, in their order, and Helm's own.
#[derive(Debug, Clone)]
pub struct Rules(Vec<Rule>);

/// A line of .helmignore that is refused, and with it the chart.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IgnoreError {
    /// The line, from 1.
    pub line: usize,
    /// What is wrong with it.
    pub message: String,
}

#[derive(Debug, Clone)]
struct Rule {
    pattern: PathPattern,
    /// After `!`: ignores what it does not match.
    negated: bool,
    /// Ended by `/`: matches folders only.
    folders: bool,
    /// Without a `/`: matches the last part of a path.
    by_name: bool,
}

impl Default for Rules {
    /// Helm's own rule alone, as for a chart without .helmignore.
    fn default() -> Self {
        Rules(Rule::parse(DEFAULT).ok().flatten().into_iter().collect())
    }
}

impl Rules {
    /// Reads a .helmignore.
    ///
    /// # Errors
    /// The first line that has `**`, is no pattern, or is longer than 64 KiB.
    pub fn parse(text: &str) -> Result<Rules, IgnoreError> {
        let mut rules = Vec::new();
        for (i, line) in text.strip_prefix('\u{feff}').unwrap_or(text).lines().enumerate() {
            let rule = if line.len() > MAX_LINE { Err("the line is longer than 64 KiB") } else { Rule::parse(line) };
            match rule {
                Ok(rule) => rules.extend(rule),
                Err(message) => return Err(IgnoreError { line: i + 1, message: message.into() }),
            }
        }
        rules.extend(Rules::default().0);
        Ok(Rules(rules))
    }

    /// Whether a file or a folder is ignored, by its path from the chart's folder. With a folder goes all that is in
    /// it, which is not asked about again.
    pub fn ignored(&self, path: &str, is_dir: bool) -> bool {
        if matches!(path, "" | "." | "./") {
            return false;
        }
        let name = path.trim_end_matches('/').rsplit('/').next().unwrap_or(path);
        self.0.iter().any(|rule| rule.matches(path, name, is_dir) != rule.negated)
    }
}

impl Rule {
    /// A line's rule; none where it is blank or a comment.
    fn parse(line: &str) -> Result<Option<Rule>, &'static str> {
        let line = line.trim();
        if line.is_empty() || line.starts_with('#') {
            return Ok(None);
        }
        if line.contains("**") {
            return Err("double-star (**) syntax is not supported");
        }
        // Helm tries the pattern on this text, and so misses what is malformed after a `*`.
        PathPattern::parse(line).matches("abc").map_err(|BadPattern| "syntax error in pattern")?;
        let (line, negated) = strip(line, |l| l.strip_prefix('!'));
        let (line, folders) = strip(line, |l| l.strip_suffix('/'));
        let (line, rooted) = strip(line, |l| l.strip_prefix('/'));
        let by_name = !rooted && !line.contains('/');
        Ok(Some(Rule { pattern: PathPattern::parse(line), negated, folders, by_name }))
    }

    /// Whether it matches a path, whose last part is `name`.
    fn matches(&self, path: &str, name: &str, is_dir: bool) -> bool {
        if self.folders && !is_dir {
            return false;
        }
        self.pattern.matches(if self.by_name { name } else { path }).unwrap_or(false)
    }
}

fn strip(line: &str, by: fn(&str) -> Option<&str>) -> (&str, bool) {
    by(line).map_or((line, false), |rest| (rest, true))
}

#[cfg(test)]
mod tests {
    use super::*;

    const FILES: [&str; 22] = [
        "a",
        "b",
        "ab",
        "a.txt",
        ".hidden",
        ".git/x",
        "d/a",
        "d/b.txt",
        "d/.hidden",
        "d/c/a",
        "d/c/b.txt",
        "e/a",
        "docs/README.md",
        "README.md",
        "x.bak",
        "d/x.bak",
        "foo.tgz",
        "#c",
        "!n",
        "[x]",
        "templates/.t",
        "templates/t",
    ];

    /// Files of .helmignore, and which files Helm 4.1.4 leaves out besides `templates/.t`; none where it refuses them.
    const RECORDED: &[(&str, Option<&str>)] = &[
        ("", Some("")),
        ("a", Some("a d/a d/c/a e/a")),
        ("*.txt", Some("a.txt d/b.txt d/c/b.txt")),
        ("d/", Some("d/a d/b.txt d/.hidden d/c/a d/c/b.txt d/x.bak")),
        ("d", Some("d/a d/b.txt d/.hidden d/c/a d/c/b.txt d/x.bak")),
        ("/a", Some("a")),
        ("/d", Some("d/a d/b.txt d/.hidden d/c/a d/c/b.txt d/x.bak")),
        ("/d/a", Some("d/a")),
        ("d/a", Some("d/a")),
        ("*/a", Some("d/a e/a")),
        ("*/*/a", Some("d/c/a")),
        ("d/*", Some("d/a d/b.txt d/.hidden d/c/a d/c/b.txt d/x.bak")),
        ("d/*.txt", Some("d/b.txt")),
        (".*", Some(".hidden .git/x d/.hidden")),
        (".?*", Some(".hidden .git/x d/.hidden")),
        (".git", Some(".git/x")),
        (".git/", Some(".git/x")),
        ("/.git/", Some(".git/x")),
        ("docs/\nREADME.md", Some("docs/README.md README.md")),
        ("# a", Some("")),
        ("  a  ", Some("a d/a d/c/a e/a")),
        ("\u{9}b\u{9}", Some("b")),
        ("\u{feff}a", Some("a d/a d/c/a e/a")),
        ("a\u{d}\nb\u{d}\n", Some("a b d/a d/c/a e/a")),
        ("a#", Some("")),
        ("\\#c", Some("#c")),
        (r"\!n", Some("!n")),
        (r"\[x]", Some("[x]")),
        ("[ab]", Some("a b d/a d/c/a e/a")),
        ("[^a]*d", Some("docs/README.md README.md")),
        ("[!a]", Some("a d/a d/c/a e/a")),
        ("c", Some("d/c/a d/c/b.txt")),
        ("c/", Some("d/c/a d/c/b.txt")),
        ("/c", Some("")),
        ("d/c", Some("d/c/a d/c/b.txt")),
        ("d/c/", Some("d/c/a d/c/b.txt")),
        ("e/", Some("e/a")),
        ("/", Some("")),
        ("//", Some("")),
        (".", Some("")),
        ("./", Some("")),
        ("./a", Some("")),
        ("?", Some("a b .git/x d/a d/b.txt d/.hidden d/c/a d/c/b.txt e/a d/x.bak templates/t")),
        ("*.bak\n*.tgz", Some("x.bak d/x.bak foo.tgz")),
        ("a\n# b\n\nab", Some("a ab d/a d/c/a e/a")),
        ("\u{a0}a\u{a0}", Some("a d/a d/c/a e/a")),
        (r"a\/", Some("")),
        ("templates/t", Some("templates/t")),
        ("t", Some("templates/t")),
        ("*[", None),
        ("x*[", Some("")),
        (".*[a", Some("")),
        ("** ", None),
        ("**", None),
        ("a/**", None),
        ("# **", Some("")),
        ("ok\n[a", None),
        ("a\n\n[]", None),
        ("a[", None),
        (r"\", None),
        (r"a\", None),
        ("[a-]", None),
    ];

    /// A file goes with any folder above it.
    fn is_gone(rules: &Rules, path: &str) -> bool {
        path.match_indices('/').any(|(i, _)| rules.ignored(&path[..i], true)) || rules.ignored(path, false)
    }

    #[test]
    fn as_recorded() {
        for (text, want) in RECORDED {
            let gone = Rules::parse(text).ok().map(|rules| {
                let gone = FILES.into_iter().filter(|path| *path != "templates/.t" && is_gone(&rules, path));
                gone.collect::<Vec<_>>().join(" ")
            });
            assert_eq!(gone.as_deref(), *want, "{text:?}");
        }
    }

    #[test]
    fn hidden_templates_are_ignored_without_a_rule() {
        let rules = Rules::default();
        for (path, want) in [
            ("templates/.t", true),
            ("templates/.", false),
            ("templates/d/.t", false),
            (".t", false),
            ("templates", false),
        ] {
            assert_eq!(rules.ignored(path, false), want, "{path}");
        }
    }

    /// Helm would find nothing of a chart with such a rule, Chart.yaml included.
    #[test]
    fn a_negated_rule_ignores_what_it_does_not_match() {
        let rules = Rules::parse("!*.yaml").unwrap();
        assert!(rules.ignored("README.md", false) && rules.ignored("templates", true));
        assert!(!rules.ignored("Chart.yaml", false));
        let rules = Rules::parse("!docs/").unwrap();
        assert!(rules.ignored("docs", false) && !rules.ignored("docs", true));
    }

    #[test]
    fn errors_name_the_line() {
        for (text, line, message) in [
            ("a\n\nb/**\n", 3, "double-star (**) syntax is not supported"),
            ("# [\n[a\n**", 2, "syntax error in pattern"),
            (&"x".repeat(65_536), 1, "the line is longer than 64 KiB"),
        ] {
            assert_eq!(Rules::parse(text).unwrap_err(), IgnoreError { line, message: message.into() });
        }
        assert!(Rules::parse(&format!("{}\na", "x".repeat(65_535))).is_ok());
    }
}
