//! Where in a resource a change is.

use std::fmt;

use crate::value::Str;

/// One step from the root of a resource to a field.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Step {
    /// Into a map, by key.
    Key(Str),
    /// Into a list whose items are told apart by fields: their names and values.
    Item(Vec<(&'static str, Str)>),
    /// To a member of a list that is a set, by its text.
    Member(Str),
    /// Into any other list, by place: that in the new list, and for what was removed that in the old one.
    Index(usize),
}

/// The way from the root of a resource to a field: `spec.template.spec.containers[web].ports[80/TCP]`.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default)]
pub struct FieldPath(pub Vec<Step>);

impl FieldPath {
    /// The steps from the root.
    pub fn steps(&self) -> &[Step] {
        &self.0
    }

    /// The keys from the root, without the steps into lists.
    pub fn keys(&self) -> impl DoubleEndedIterator<Item = &Str> {
        self.0.iter().filter_map(|step| match step {
            Step::Key(key) => Some(key),
            _ => None,
        })
    }
}

impl fmt::Display for FieldPath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (n, step) in self.0.iter().enumerate() {
            match step {
                Step::Key(key) => {
                    if n > 0 {
                        f.write_str(".")?;
                    }
                    escaped(f, key, &['.', '[', '\\'])?;
                }
                Step::Item(fields) => {
                    f.write_str("[")?;
                    for (n, (_, value)) in fields.iter().enumerate() {
                        if n > 0 {
                            f.write_str("/")?;
                        }
                        escaped(f, value, &[']', '\\'])?;
                    }
                    f.write_str("]")?;
                }
                Step::Member(text) => {
                    f.write_str("[")?;
                    escaped(f, text, &[']', '\\'])?;
                    f.write_str("]")?;
                }
                Step::Index(index) => write!(f, "[{index}]")?,
            }
        }
        Ok(())
    }
}

/// Writes text with a `\` before characters that mean something in a path; control characters as escapes.
fn escaped(f: &mut fmt::Formatter<'_>, text: &str, special: &[char]) -> fmt::Result {
    for c in text.chars() {
        match c {
            c if c.is_control() => write!(f, "{}", c.escape_default())?,
            c if special.contains(&c) => write!(f, "\\{c}")?,
            c => write!(f, "{c}")?,
        }
    }
    Ok(())
}
