//! The release and the cluster that a request is about.

use std::sync::Arc;

use super::{Error, NameChoice, Request};
use crate::chart::semver::Version;
use crate::chart::{Chart, Place};
use crate::diag::{Diagnostic, Sources};
use crate::engine::gotpl::render_alone;
use crate::engine::{Capabilities, Context, Release};
use crate::functions::Random;

/// Longer names do not fit the names of what Kubernetes makes from them.
const LONGEST_NAME: usize = 53;

/// The release, its name checked as Helm checks it.
///
/// # Errors
/// A name that Helm refuses, or a template for one that fails.
pub fn resolve(
    request: &Request,
    chart: &Chart,
    random: &Arc<dyn Random + Send>,
    sources: &Sources,
) -> Result<Release, Error> {
    let name = match &request.name {
        NameChoice::Given(name) => name.clone(),
        NameChoice::Default if chart.place == Place::Bundled => chart.name().to_owned(),
        NameChoice::Default => "release-name".to_owned(),
        NameChoice::Generated => format!("{}-{}", chart.name(), random.now() / 1_000_000_000),
        NameChoice::Template(template) => from_template(template, random.clone(), sources)?,
    };
    check_name(&name)?;
    Ok(Release { name, namespace: request.namespace.clone(), is_upgrade: request.is_upgrade, revision: 1 })
}

/// Runs `--name-template`.
fn from_template(template: &str, random: Arc<dyn Random + Send>, sources: &Sources) -> Result<String, Error> {
    let context = Context::without_chart(sources, random);
    let name = render_alone(&context, "--name-template", "name-template", template);
    name.map_err(|err| Error::Usage(err.diagnostic()))
}

/// Lower-case letters, digits, `-` and `.`, each part beginning and ending with a letter or digit.
fn check_name(name: &str) -> Result<(), Error> {
    let alphanumeric = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit();
    let part_fits = |part: &str| {
        let ends = [part.bytes().next(), part.bytes().last()];
        ends.iter().all(|b| b.is_some_and(alphanumeric)) && part.bytes().all(|b| alphanumeric(b) || b == b'-')
    };
    if name.len() <= LONGEST_NAME && name.split('.').all(part_fits) {
        return Ok(());
    }
    let help = match name.len() > LONGEST_NAME {
        true => format!("it has {} characters; {LONGEST_NAME} are allowed", name.len()),
        false => "use lower-case letters, digits, `-` and `.`, with a letter or digit at both ends".to_owned(),
    };
    Err(Error::Usage(Diagnostic::error(format!("invalid release name `{name}`")).help(help)))
}

/// The cluster that is rendered for.
///
/// # Errors
/// A Kubernetes version that is none.
pub fn capabilities(request: &Request) -> Result<Capabilities, Error> {
    let typed = request.kube_version.as_deref().unwrap_or(Capabilities::DEFAULT_KUBE_VERSION);
    let Ok(version) = Version::parse(typed) else {
        let refused = Diagnostic::error(format!("--kube-version: `{typed}` is not a version"));
        return Err(Error::Usage(refused.help("write it as 1.35 or v1.35.0")));
    };
    let text = format!("v{}", typed.trim_start_matches('v'));
    let extra = request.api_versions.iter().map(|v| v.as_str().into());
    Ok(Capabilities::new(&text, &version.major.to_string(), &version.minor.to_string(), extra))
}
