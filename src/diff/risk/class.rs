//! The classes of danger.

use std::fmt;

use crate::diag;

/// What a risk puts at stake, the worst first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Class {
    /// What is stored is deleted, or no longer used.
    DataLoss,
    /// The API server refuses the change, and the upgrade fails.
    Immutable,
    /// Something does not answer for a while, or cannot be drained from a node.
    Downtime,
    /// Somebody may do or see more than before.
    Security,
    /// A resource goes and another one comes in its place.
    Replaced,
    /// The API version is not served any longer, or not for long.
    Api,
    /// A resource is no longer the release's, or becomes its.
    Ownership,
    /// Pods are replaced one after another.
    Restart,
}

/// A word that names no class, and the class that was most likely meant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UnknownClass {
    /// The word.
    pub word: String,
    /// The nearest class.
    pub nearest: Option<&'static str>,
}

impl Class {
    /// All of them, the worst first.
    pub const ALL: [Class; 8] = [
        Class::DataLoss,
        Class::Immutable,
        Class::Downtime,
        Class::Security,
        Class::Replaced,
        Class::Api,
        Class::Ownership,
        Class::Restart,
    ];

    /// Its name.
    pub fn name(self) -> &'static str {
        match self {
            Class::DataLoss => "data-loss",
            Class::Immutable => "immutable",
            Class::Downtime => "downtime",
            Class::Security => "security",
            Class::Replaced => "replaced",
            Class::Api => "api",
            Class::Ownership => "ownership",
            Class::Restart => "restart",
        }
    }

    /// The class of a name.
    ///
    /// # Errors
    /// There is none of this name.
    pub fn parse(word: &str) -> Result<Class, UnknownClass> {
        let found = Class::ALL.into_iter().find(|class| class.name() == word);
        found.ok_or_else(|| UnknownClass {
            word: word.to_owned(),
            nearest: diag::nearest(word, Class::ALL.into_iter().map(Class::name)),
        })
    }
}

impl fmt::Display for Class {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}
