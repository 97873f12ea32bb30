//! tests/fixtures/differences.yaml: where this program is not as Helm, and why. Whatever is not in that list is a fault,
//! and so is an entry of it that nothing needs.

use std::cell::Cell;

use serde::Deserialize;

use super::recording::Run;
use crate::common;

/// In what two runs can differ.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Aspect {
    /// What is printed or written, or whether the run goes well.
    Output,
    /// The reason that is given for a refusal.
    Reason,
    /// What is warned of.
    Warnings,
}

/// A difference that is meant.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Difference {
    pub aspect: Aspect,
    /// Words of the commands that it is about; all of them where there is none.
    #[serde(default)]
    command: Vec<String>,
    /// What Helm prints or says somewhere.
    #[serde(default)]
    helm: String,
    /// What is printed or said here somewhere.
    #[serde(default)]
    ours: String,
    /// Why it is so.
    why: String,
    #[serde(skip)]
    used: Cell<bool>,
}

/// The differences in charts.
pub struct Differences(Vec<Difference>);

/// The file; what is in single templates is for the engine's own tests.
#[derive(Deserialize)]
struct Lists {
    charts: Vec<Difference>,
}

impl Differences {
    pub fn read() -> Self {
        let lists: Result<Lists, _> = serde_yaml::from_str(&common::fixture_text("differences.yaml"));
        Differences(lists.expect("differences.yaml has a list of differences").charts)
    }

    /// Whether the list has a reason for a difference.
    pub fn explain(&self, aspect: Aspect, helm: &Run, ours: &Run) -> bool {
        let known: Vec<_> = self.0.iter().filter(|entry| entry.is_about(aspect, helm, ours)).collect();
        known.iter().for_each(|entry| entry.used.set(true));
        !known.is_empty()
    }

    /// What nothing needs any more.
    pub fn unused(&self) -> Vec<&Difference> {
        self.0.iter().filter(|entry| !entry.used.get() || entry.why.is_empty()).collect()
    }
}

impl Difference {
    fn is_about(&self, aspect: Aspect, helm: &Run, ours: &Run) -> bool {
        let says = |run: &Run, text: &str| run.stdout.contains(text) || run.stderr.contains(text);
        let has_words = self.command.iter().all(|word| helm.command.split(' ').any(|w| w == word));
        aspect == self.aspect && has_words && says(helm, &self.helm) && says(ours, &self.ours)
    }
}
