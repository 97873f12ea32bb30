//! What can be wrong with a chart, and how it is told.

use std::fmt;

use crate::diag::{Diagnostic, Pos, SourcesFull, Span};
use crate::yaml::YamlError;

use super::decode::Fault;

/// Why a chart cannot be used. Prints in Helm's words where Helm refuses the same thing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChartError {
    /// What is wrong.
    pub kind: Box<ChartErrorKind>,
    /// Where it is written, where it is written anywhere.
    pub pos: Pos,
}

/// The kinds of [`ChartError`].
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum ChartErrorKind {
    /// A folder without Chart.yaml.
    NoChart {
        /// The folder as it was typed.
        folder: String,
        /// The bundled charts, which could be meant.
        bundled: Vec<String>,
    },
    /// Neither a path nor a bundled chart.
    NotFound {
        /// What was typed.
        name: String,
        /// The bundled chart that is nearest to it.
        nearest: Option<String>,
        /// All bundled charts.
        bundled: Vec<String>,
    },
    /// An address; charts are not fetched.
    Remote {
        /// What was typed.
        name: String,
    },
    /// A file or folder that cannot be read.
    Read {
        /// Its path.
        path: String,
        /// What the operating system says.
        cause: String,
    },
    /// A symbolic link that leads nowhere, or round in a circle.
    Link {
        /// Its path.
        path: String,
        /// Why it cannot be followed.
        cause: String,
    },
    /// A socket, a device or the like in a chart's folder.
    Irregular {
        /// Its path.
        path: String,
    },
    /// A file of a chart's folder that is too large.
    TooLarge {
        /// Its name.
        name: String,
    },
    /// A broken .helmignore.
    Ignore {
        /// What is wrong.
        message: String,
    },
    /// An archive that cannot be loaded.
    Archive {
        /// The archive as it was typed; empty for one in charts/.
        path: String,
        /// What is wrong with it.
        fault: ArchiveFault,
    },
    /// A chart without Chart.yaml in charts/, or one whose Chart.yaml is ignored.
    ChartYamlMissing,
    /// A YAML file of a chart that is not YAML.
    Yaml {
        /// Its name in the chart.
        file: &'static str,
        /// What is wrong.
        error: YamlError,
    },
    /// A YAML file of a chart with a value of the wrong type.
    Type {
        /// Its name in the chart.
        file: &'static str,
        /// What is wrong.
        message: String,
    },
    /// Chart.yaml lacks something or says something that is not allowed.
    Invalid {
        /// What is wrong.
        message: String,
    },
    /// An `apiVersion` that nobody knows.
    ApiVersion,
    /// `apiVersion: v3`, which Helm knows and refuses to install.
    ApiVersion3,
    /// A chart in charts/ is broken.
    Subchart {
        /// Its folder or file in charts/.
        entry: String,
        /// The chart that has it.
        chart: String,
        /// What is wrong with it.
        error: ChartError,
    },
    /// A folder in charts/ that is called like an archive.
    SubchartFolder {
        /// The chart that has it.
        chart: String,
        /// The folder's name.
        expected: String,
        /// The first file in it.
        got: String,
    },
    /// A library chart, which cannot be rendered by itself.
    NotInstallable {
        /// Its type.
        kind: String,
    },
    /// Dependencies that are not in charts/.
    MissingDependencies {
        /// Their names.
        names: Vec<String>,
    },
    /// A chart for other versions of Kubernetes.
    KubeVersion {
        /// The versions that it is for.
        constraint: String,
        /// The version at hand.
        version: String,
    },
    /// A layer that a chart does not have.
    UnknownLayer {
        /// The chart's name.
        chart: String,
        /// What was asked for.
        name: String,
        /// The layer that is nearest to it.
        nearest: Option<String>,
        /// The layers there are.
        layers: Vec<String>,
    },
    /// The folder to export to has something in it.
    ExportTarget {
        /// The folder.
        path: String,
    },
    /// A file that cannot be written.
    Write {
        /// Its path.
        path: String,
        /// What the operating system says.
        cause: String,
    },
    /// More text than positions can name.
    SourcesFull(SourcesFull),
}

/// What is wrong with an archive.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ArchiveFault {
    /// Not gzip.
    NotGzip,
    /// Broken gzip or tar.
    Corrupt(String),
    /// A path that begins with `/`.
    AbsolutePath,
    /// A file beside the chart's folder.
    OutsideBase(String),
    /// A path with `..`.
    ParentPath,
    /// A path with a drive letter.
    DriveLetter,
    /// Chart.yaml is a folder at the top.
    ChartYamlNotInBase,
    /// More than 100 MiB.
    TooLarge,
    /// A file of more than 5 MiB.
    FileTooLarge(String),
    /// Nothing in it.
    Empty,
    /// No Chart.yaml in it.
    NoChartYaml,
}

/// What a chart may hold at most, as Helm has it.
pub(super) const MAX_FILE: u64 = 5 * 1024 * 1024;
/// What an archive may hold at most, unpacked.
pub(super) const MAX_ARCHIVE: u64 = 100 * 1024 * 1024;

impl ChartError {
    /// An error without a place.
    pub(super) fn new(kind: ChartErrorKind) -> Self {
        ChartError { kind: Box::new(kind), pos: Pos::NONE }
    }

    /// An error with a place.
    pub(super) fn at(pos: Pos, kind: ChartErrorKind) -> Self {
        ChartError { kind: Box::new(kind), pos }
    }

    /// A file that cannot be read.
    pub(super) fn read(path: impl Into<String>, cause: &std::io::Error) -> Self {
        ChartError::new(ChartErrorKind::Read { path: path.into(), cause: reason(cause) })
    }

    /// A file that cannot be written.
    pub(super) fn write(path: &std::path::Path, cause: &std::io::Error) -> Self {
        ChartError::new(ChartErrorKind::Write { path: path.display().to_string(), cause: reason(cause) })
    }

    /// A value of the wrong type in a YAML file.
    pub(super) fn mistyped(file: &'static str, fault: Fault) -> Self {
        ChartError::at(fault.pos, ChartErrorKind::Type { file, message: fault.message })
    }

    /// Data that Helm's validation refuses.
    pub(super) fn invalid(fault: Fault) -> Self {
        ChartError::at(fault.pos, ChartErrorKind::Invalid { message: fault.message })
    }

    /// The error as it is shown.
    pub fn diagnostic(&self) -> Diagnostic {
        let mut diagnostic = Diagnostic::error(self.to_string());
        let innermost = self.innermost();
        if innermost.pos.is_some() {
            diagnostic = diagnostic.label(Span::at(innermost.pos), "");
        }
        if let ChartErrorKind::Yaml { error, .. } = &*innermost.kind {
            let base = Pos(innermost.pos.0 - error.at as u32);
            if let Some((offset, what)) = error.context {
                diagnostic = diagnostic.label(Span::at(base.offset(offset)), format!("in this {what}"));
            }
            diagnostic = diagnostic.help_opt(error.help);
        }
        innermost.kind.help().into_iter().fold(diagnostic, Diagnostic::help)
    }

    /// Whether the name that was asked for is at fault, and not a chart.
    pub fn is_usage(&self) -> bool {
        use ChartErrorKind::{NoChart, NotFound, Remote, UnknownLayer};
        matches!(&*self.kind, NoChart { .. } | NotFound { .. } | Remote { .. } | UnknownLayer { .. })
    }

    fn innermost(&self) -> &ChartError {
        match &*self.kind {
            ChartErrorKind::Subchart { error, .. } => error.innermost(),
            _ => self,
        }
    }
}

/// What the operating system says, without the number.
fn reason(error: &std::io::Error) -> String {
    let text = error.to_string();
    text.split(" (os error").next().unwrap_or(&text).to_lowercase()
}

impl ChartErrorKind {
    /// What the reader can do.
    fn help(&self) -> Vec<String> {
        match self {
            ChartErrorKind::NoChart { bundled, .. } => {
                let mut help = vec!["name a chart: a folder, a .tgz, or a bundled chart".to_owned()];
                help.extend(list_bundled(bundled));
                help
            }
            ChartErrorKind::NotFound { nearest, bundled, .. } => nearest
                .iter()
                .map(|n| format!("did you mean the bundled chart `{n}`?"))
                .chain(list_bundled(bundled))
                .collect(),
            ChartErrorKind::Remote { name } => {
                vec![format!("nothing is fetched from the network; fetch it with: helm pull {name}")]
            }
            ChartErrorKind::MissingDependencies { .. } => {
                vec!["fetch them with: helm dependency build".to_owned()]
            }
            ChartErrorKind::KubeVersion { .. } => {
                vec!["choose a version with --kube-version".to_owned()]
            }
            ChartErrorKind::UnknownLayer { nearest, layers, .. } => layer_help(nearest.as_deref(), layers),
            ChartErrorKind::ExportTarget { .. } => vec!["choose a folder that is empty or does not exist".to_owned()],
            ChartErrorKind::ChartYamlMissing => {
                vec!["each folder or file in charts/ must be a chart, unless its name begins with _ or .".to_owned()]
            }
            _ => Vec::new(),
        }
    }
}

fn list_bundled(bundled: &[String]) -> Option<String> {
    (!bundled.is_empty()).then(|| format!("bundled charts: {}", bundled.join(", ")))
}

fn layer_help(nearest: Option<&str>, layers: &[String]) -> Vec<String> {
    let mut help: Vec<_> = nearest.iter().map(|n| format!("did you mean `{n}`?")).collect();
    help.push(match layers {
        [] => "a layer NAME of a chart is its values/NAME.yaml, values-NAME.yaml or values.NAME.yaml".to_owned(),
        _ => format!("its layers: {}", layers.join(", ")),
    });
    help
}

impl fmt::Display for ChartError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.kind.fmt(f)
    }
}

impl std::error::Error for ChartError {}

impl fmt::Display for ChartErrorKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        use ChartErrorKind as K;
        match self {
            K::NoChart { folder, .. } => write!(f, "no chart here: {folder} has no Chart.yaml"),
            K::NotFound { name, .. } if name.starts_with(['.', '/']) => write!(f, "path {name:?} not found"),
            K::NotFound { name, .. } => write!(f, "chart {name:?} not found"),
            K::Remote { name } => write!(f, "chart {name:?} is not on this machine"),
            K::Read { path, cause } => write!(f, "error reading {path}: {cause}"),
            K::Link { path, cause } => write!(f, "error evaluating symlink {path}: {cause}"),
            K::Irregular { path } => {
                write!(f, "cannot load irregular file {path} as it has file mode type bits set")
            }
            K::TooLarge { name } => write!(f, "chart file {name:?} is larger than the maximum file size {MAX_FILE}"),
            K::Ignore { message } => f.write_str(message),
            K::Archive { path, fault } => write_archive(f, path, fault),
            K::ChartYamlMissing => f.write_str("Chart.yaml file is missing"),
            K::Yaml { file, error } => {
                write!(f, "cannot load {file}: error converting YAML to JSON: yaml: {}", error.message)
            }
            K::Type { file, message } => {
                write!(f, "cannot load {file}: error unmarshaling JSON: while decoding JSON: {message}")
            }
            K::Invalid { message } => write!(f, "validation: {message}"),
            K::ApiVersion => f.write_str("unsupported chart version"),
            K::ApiVersion3 => f.write_str("invalid chart apiVersion"),
            K::Subchart { entry, chart, error } => write!(f, "error unpacking subchart {entry} in {chart}: {error}"),
            K::SubchartFolder { chart, expected, got } => {
                write!(f, "error unpacking subchart tar in {chart}: expected {expected}, got {got}")
            }
            K::NotInstallable { kind } => write!(f, "{kind} charts are not installable"),
            K::MissingDependencies { names } => {
                write!(f, "found in Chart.yaml, but missing in charts/ directory: {}", names.join(", "))
            }
            K::KubeVersion { constraint, version } => {
                write!(f, "chart requires kubeVersion: {constraint} which is incompatible with Kubernetes {version}")
            }
            K::UnknownLayer { chart, name, .. } => write!(f, "chart {chart} has no layer {name:?}"),
            K::ExportTarget { path } => write!(f, "{path} is not an empty folder"),
            K::Write { path, cause } => write!(f, "cannot write {path}: {cause}"),
            K::SourcesFull(full) => write!(f, "{}: more than 2 GiB of text in all", full.name),
        }
    }
}

fn write_archive(f: &mut fmt::Formatter<'_>, path: &str, fault: &ArchiveFault) -> fmt::Result {
    match fault {
        _ if path.is_empty() => write!(f, "{fault}"),
        ArchiveFault::NotGzip if path.ends_with(".yaml") || path.ends_with(".yml") => {
            write!(f, "file '{path}' seems to be a YAML file, but expected a gzipped archive")
        }
        ArchiveFault::NotGzip => write!(f, "file '{path}' does not appear to be a gzipped archive"),
        ArchiveFault::NoChartYaml => f.write_str("unable to detect chart version, no Chart.yaml found"),
        _ => write!(f, "unable to load chart archive {path}: {fault}"),
    }
}

impl fmt::Display for ArchiveFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            ArchiveFault::NotGzip => f.write_str("gzip: invalid header"),
            ArchiveFault::Corrupt(cause) => f.write_str(cause),
            ArchiveFault::AbsolutePath => f.write_str("chart illegally contains absolute paths"),
            ArchiveFault::OutsideBase(name) => {
                write!(f, "chart illegally contains content outside the base directory: {name:?}")
            }
            ArchiveFault::ParentPath => f.write_str("chart illegally references parent directory"),
            ArchiveFault::DriveLetter => f.write_str("chart contains illegally named files"),
            ArchiveFault::ChartYamlNotInBase => f.write_str("chart yaml not in base directory"),
            ArchiveFault::TooLarge => write!(f, "decompressed chart is larger than the maximum size {MAX_ARCHIVE}"),
            ArchiveFault::FileTooLarge(name) => {
                write!(f, "decompressed chart file {name:?} is larger than the maximum file size {MAX_FILE}")
            }
            ArchiveFault::Empty => f.write_str("no files in chart archive"),
            ArchiveFault::NoChartYaml => f.write_str("no Chart.yaml found"),
        }
    }
}

impl From<SourcesFull> for ChartError {
    fn from(full: SourcesFull) -> Self {
        ChartError::new(ChartErrorKind::SourcesFull(full))
    }
}
