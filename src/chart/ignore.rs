//! .helmignore.

/// The rules of a .helmignore, and Helm's own.
#[derive(Debug, Clone, Default)]
pub struct Rules(());

/// A rule that is none.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IgnoreError {
    /// What is wrong.
    pub message: String,
}

impl Rules {
    /// Reads rules.
    ///
    /// # Errors
    /// A rule that is none.
    pub fn parse(_text: &str) -> Result<Rules, IgnoreError> {
        Ok(Rules(()))
    }

    /// Whether a path is ignored.
    pub fn ignored(&self, path: &str, _is_dir: bool) -> bool {
        path.strip_prefix("templates/")
            .is_some_and(|name| name.starts_with('.') && name.len() > 1 && !name.contains('/'))
    }
}
