//! Label selectors: `matchLabels` and `matchExpressions`, or the plain map of labels of older APIs.

use crate::value::{Map, Value};

/// A label selector.
#[derive(Debug, Clone, Copy)]
pub(super) struct Selector<'a> {
    labels: Option<&'a Map>,
    expressions: Option<&'a [Value]>,
}

impl<'a> Selector<'a> {
    /// Reads a selector; none where it is empty and takes everything, or nothing at all.
    pub(super) fn read(value: &'a Value) -> Option<Selector<'a>> {
        let map = value.as_map()?;
        let of_labels = |value: Option<&'a Value>| value.and_then(Value::as_map).map(|labels| &**labels);
        let plain = !map.contains_key("matchLabels") && !map.contains_key("matchExpressions");
        let labels = if plain { Some(&**map) } else { of_labels(map.get("matchLabels")) };
        let expressions = map.get("matchExpressions").and_then(Value::as_list).map(|list| list.as_slice());
        let selector = Selector { labels, expressions };
        (selector.labels().next().is_some() || expressions.is_some_and(|list| !list.is_empty())).then_some(selector)
    }

    /// The labels that are asked for by value.
    pub(super) fn labels(&self) -> impl Iterator<Item = (&'a str, &'a str)> {
        self.labels.into_iter().flatten().filter_map(|(key, value)| Some((key.as_str(), value.as_str()?)))
    }

    /// Whether something with these labels is taken.
    pub(super) fn takes(&self, labels: Option<&Map>) -> bool {
        let label = |key: &str| labels.and_then(|labels| labels.get(key)).and_then(Value::as_str);
        self.labels().all(|(key, value)| label(key) == Some(value))
            && self.expressions.into_iter().flatten().all(|expression| holds(expression, label))
    }
}

fn holds<'a>(expression: &Value, label: impl Fn(&str) -> Option<&'a str>) -> bool {
    let text = |key: &str| expression.get(key).and_then(Value::as_str).unwrap_or_default();
    let label = label(text("key"));
    let values = expression.get("values").and_then(Value::as_list);
    let among = |label: &str| values.is_some_and(|values| values.iter().any(|value| value.as_str() == Some(label)));
    match text("operator") {
        "In" => label.is_some_and(among),
        "NotIn" => !label.is_some_and(among),
        "Exists" => label.is_some(),
        "DoesNotExist" => label.is_none(),
        _ => false,
    }
}

/// As a person writes it: `app=web,tier in (a, b)`.
impl std::fmt::Display for Selector<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let mut gap = "";
        for (key, value) in self.labels() {
            write!(f, "{gap}{key}={value}")?;
            gap = ",";
        }
        for expression in self.expressions.into_iter().flatten() {
            let text = |key: &str| expression.get(key).and_then(Value::as_str).unwrap_or_default();
            let values = expression.get("values").and_then(Value::as_list).into_iter().flat_map(|list| list.iter());
            let values = values.filter_map(Value::as_str).collect::<Vec<_>>().join(", ");
            match text("operator") {
                "In" => write!(f, "{gap}{} in ({values})", text("key"))?,
                "NotIn" => write!(f, "{gap}{} notin ({values})", text("key"))?,
                "Exists" => write!(f, "{gap}{}", text("key"))?,
                _ => write!(f, "{gap}!{}", text("key"))?,
            }
            gap = ",";
        }
        Ok(())
    }
}
