//! A line a resource.

use super::super::Report;
use super::heading;

/// The report, a line a resource.
pub fn brief(report: &Report) -> String {
    let mut out = String::new();
    for change in &report.resources {
        let extent = heading::extent(change);
        let gap = if extent.is_empty() { "" } else { "  " };
        out += &format!("{} {}{gap}{extent}\n", heading::sign(change.fate()), heading::name(change));
    }
    out
}
