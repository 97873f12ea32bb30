//! The tags by which a layer says more than Helm's files can: `!append`, `!prepend` and `!merge:KEY` on lists,
//! `!replace` and `!delete` on maps. Helm passes over a tag that it does not know on a list or map.

use std::collections::HashSet;
use std::fmt;
use std::ops::Range;
use std::sync::Arc;

use super::edit::identity;
use crate::diag::{Diagnostic, Pos, Span, nearest};
use crate::value::{Edit, Str, Value};
use crate::yaml::EventKind;

/// A tag of ours, as it is written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Tag {
    Append,
    Prepend,
    MergeBy(Str),
    Replace,
    Delete,
}

/// A tag in the wrong place, or one that lacks something.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TagError {
    /// The tag.
    pub tag: String,
    /// What is wrong with it.
    pub kind: TagErrorKind,
    /// The bytes of the layer: the tag, or the item that is at fault.
    pub range: Range<usize>,
}

/// The kinds of [`TagError`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TagErrorKind {
    /// A tag for lists on something else.
    NotAList {
        /// What it is on.
        found: &'static str,
    },
    /// A tag for maps on something else.
    NotAMap {
        /// What it is on.
        found: &'static str,
    },
    /// `!merge:` without the key that items are known by.
    NoKey,
    /// An item that lacks the key of `!merge:`, or has no scalar under it.
    ItemWithoutKey {
        /// The key.
        key: Str,
    },
    /// An item of `!merge:` with the same value under the key as one before it.
    SameItem {
        /// The key.
        key: Str,
    },
    /// `!delete` on a map with entries.
    NotEmpty,
    /// Lists that grow layer by layer have become too large.
    TooMuch,
    /// On an item of a list, beneath which nothing lies.
    OnAnItem,
    /// On a file's outermost map.
    OnTheRoot,
}

impl fmt::Display for TagError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let tag = &self.tag;
        match &self.kind {
            TagErrorKind::NotAList { found } => write!(f, "`{tag}` is for a list, this is a {found}"),
            TagErrorKind::NotAMap { found } => write!(f, "`{tag}` is for a map, this is a {found}"),
            TagErrorKind::NoKey => write!(f, "`{tag}` does not say by which key list items are merged"),
            TagErrorKind::ItemWithoutKey { key } => {
                write!(f, "an item of a `{tag}` list has no text or number under `{key}`")
            }
            TagErrorKind::SameItem { key } => {
                write!(f, "an item of a `{tag}` list has the same `{key}` as one before it")
            }
            TagErrorKind::TooMuch => write!(f, "`{tag}` adds to lists that are too long, too often"),
            TagErrorKind::NotEmpty => write!(f, "`{tag}` is for an empty map, this one has entries"),
            TagErrorKind::OnAnItem => write!(f, "`{tag}` on a list item has nothing beneath it"),
            TagErrorKind::OnTheRoot => write!(f, "`{tag}` cannot be on the values as a whole"),
        }
    }
}

impl std::error::Error for TagError {}

impl TagError {
    fn help(&self) -> String {
        match &self.kind {
            TagErrorKind::NotAList { .. } => format!("write `key: {} [item]`, or leave the tag out", self.tag),
            TagErrorKind::NotAMap { .. } if self.tag == "!delete" => "write `key: !delete {}`".to_owned(),
            TagErrorKind::NotAMap { found: "list" } => "a list replaces another one without a tag".to_owned(),
            TagErrorKind::NotAMap { .. } => "only maps are merged; anything else replaces without a tag".to_owned(),
            TagErrorKind::NoKey => "write the key after the colon, such as `!merge:name`".to_owned(),
            TagErrorKind::ItemWithoutKey { key } => {
                format!("give each item a `{key}`, or use `!append` for items that have none")
            }
            TagErrorKind::SameItem { .. } => "put the two together into one item".to_owned(),
            TagErrorKind::TooMuch => "put the documents of the layer together into one".to_owned(),
            TagErrorKind::NotEmpty => "write `key: !delete {}`, or `!replace` to put this map in its place".to_owned(),
            TagErrorKind::OnAnItem => "put the tag on the list; list items are not merged one by one".to_owned(),
            TagErrorKind::OnTheRoot => "put it on the keys that it is for".to_owned(),
        }
    }

    /// As a diagnostic; `base` is the position of the layer's first byte.
    pub fn diagnostic(&self, base: Pos) -> Diagnostic {
        let span = Span::new(base.offset(self.range.start), base.offset(self.range.end));
        Diagnostic::error(self.to_string()).label(span, "").help(self.help())
    }
}

impl Tag {
    /// The tag of ours that this text is; an error where it is one but lacks its key.
    pub fn parse(text: &str) -> Option<Result<Tag, TagErrorKind>> {
        Some(Ok(match text {
            "!append" => Tag::Append,
            "!prepend" => Tag::Prepend,
            "!replace" => Tag::Replace,
            "!delete" => Tag::Delete,
            "!merge" => return Some(Err(TagErrorKind::NoKey)),
            _ => match text.strip_prefix("!merge:")? {
                "" => return Some(Err(TagErrorKind::NoKey)),
                key => Tag::MergeBy(key.into()),
            },
        }))
    }

    /// Whether it can be on the node that begins so.
    pub fn check(&self, node: &EventKind<'_>) -> Result<(), TagErrorKind> {
        let found = match node {
            EventKind::SequenceStart { .. } => "list",
            EventKind::MappingStart { .. } => "map",
            _ => "scalar",
        };
        match self {
            Tag::Append | Tag::Prepend | Tag::MergeBy(_) if found != "list" => Err(TagErrorKind::NotAList { found }),
            Tag::Replace | Tag::Delete if found != "map" => Err(TagErrorKind::NotAMap { found }),
            _ => Ok(()),
        }
    }

    /// The edit that it makes of its node.
    pub fn edit(self, node: &Value) -> Result<Edit, TagErrorKind> {
        let items = || node.as_list().cloned().unwrap_or_else(|| Arc::new(Vec::new()));
        Ok(match self {
            Tag::Append => Edit::Append(items()),
            Tag::Prepend => Edit::Prepend(items()),
            Tag::MergeBy(key) => Edit::MergeBy(key, items()),
            Tag::Replace => Edit::Replace,
            Tag::Delete if node.as_map().is_some_and(|map| map.is_empty()) => Edit::Delete,
            Tag::Delete => return Err(TagErrorKind::NotEmpty),
        })
    }
}

/// The first item that cannot be told from others by a key.
pub(super) fn unknown_item<'v>(edit: &Edit, node: &'v Value) -> Option<(&'v Value, TagErrorKind)> {
    let Edit::MergeBy(key, _) = edit else { return None };
    let mut known = HashSet::new();
    node.as_list()?.iter().find_map(|item| match identity(item, key) {
        None => Some((item, TagErrorKind::ItemWithoutKey { key: key.clone() })),
        Some(id) => (!known.insert(id)).then(|| (item, TagErrorKind::SameItem { key: key.clone() })),
    })
}

/// The tag of ours that was likely meant by one that is not.
pub(super) fn meant_by(tag: &str) -> Option<String> {
    let name = tag.strip_prefix('!')?;
    let (name, key) = name.split_once(':').map_or((name, None), |(name, key)| (name, Some(key)));
    let near = match name {
        "merge" => "merge",
        _ => nearest(name, ["append", "prepend", "merge", "replace", "delete"])?,
    };
    Some(match (near, key) {
        ("merge", key) => format!("!merge:{}", key.filter(|key| !key.is_empty()).unwrap_or("KEY")),
        _ => format!("!{near}"),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tags_of_ours() {
        assert_eq!(Tag::parse("!append"), Some(Ok(Tag::Append)));
        assert_eq!(Tag::parse("!merge:a.b"), Some(Ok(Tag::MergeBy("a.b".into()))));
        assert_eq!(Tag::parse("!merge"), Some(Err(TagErrorKind::NoKey)));
        assert_eq!(Tag::parse("!merge:"), Some(Err(TagErrorKind::NoKey)));
        for other in ["!Append", "!merge-name", "tag:yaml.org,2002:map", "!"] {
            assert_eq!(Tag::parse(other), None, "{other}");
        }
    }

    #[test]
    fn tags_that_were_likely_meant() {
        let cases = [
            ("!apend", Some("!append")),
            ("!Replace", Some("!replace")),
            ("!mrege:id", Some("!merge:id")),
            ("!marge", Some("!merge:KEY")),
            ("!Ref", None),
            ("!reference", None),
            ("tag:yaml.org,2002:map", None),
        ];
        for (tag, want) in cases {
            assert_eq!(meant_by(tag).as_deref(), want, "{tag}");
        }
    }
}
