//! What can be typed. What it means is decided in [`super::plan`].
//!
//! Groups of arguments carry comments: of a doc comment clap would make the help of the command that has the group.

use std::ffi::OsString;
use std::path::PathBuf;

use clap::{Args, FromArgMatches as _, Parser, Subcommand, ValueEnum};

/// Renders a chart, layered values and a schema into Kubernetes YAML.
#[derive(Debug, Parser)]
#[command(
    name = "render",
    about = "Render a chart with layered values into Kubernetes YAML",
    long_about = "Render a chart with layered values into Kubernetes YAML.\n\n\
        Takes the positionals and flags of `helm template`. CHART is a folder, a .tgz archive or the name of a bundled \
        chart; without it, the current folder is the chart. Nothing is printed to stdout unless everything rendered.",
    after_help = "Run `render list` for the bundled charts, `render help COMMAND` for a command.",
    after_long_help = EXAMPLES,
    args_conflicts_with_subcommands = true,
    override_usage = "render [NAME] [CHART] [OPTIONS]\n       render <COMMAND>",
    max_term_width = 100
)]
pub(super) struct Cli {
    #[command(subcommand)]
    pub(super) command: Option<Command>,
    #[command(flatten)]
    pub(super) template: TemplateArgs,
}

impl Cli {
    /// Reads a command line, and those within it.
    pub(super) fn read(args: Vec<OsString>) -> Result<Self, clap::Error> {
        let mut cli = Cli::try_parse_from(args)?;
        if let Some(Command::Diff(diff)) = &mut cli.command {
            diff.parse_renders()?;
        }
        Ok(cli)
    }

    /// The version and nothing else was asked for.
    pub(super) fn wants_version(&self) -> bool {
        self.command.is_none() && matches!(self.template.version, Some(None))
    }
}

const EXAMPLES: &str = "\
Examples:
  render opencti --layer clustering -f mine.yaml > out.yaml
  render -f values.yaml | kubectl apply -f -
  render st2 ./stackstorm-ha --set st2.replicas=2 -n automation

Exit codes:
  0 done   1 failed   2 wrong usage   3 the schema refuses the values
  4 invalid (validate, --validate)   5 different (diff, snapshot)
  6 a risk that --fail-on names (diff)";

#[derive(Debug, Subcommand)]
#[command(defer = true)]
pub(super) enum Command {
    /// Render a chart (the same as no command at all)
    Template(Box<TemplateArgs>),
    /// Merge layers into the text of the first one, which may be of any size
    Merge(MergeArgs),
    /// List the bundled charts and their layers
    List {
        /// As a table for people, or as JSON for programs
        #[arg(short, long, value_name = "FORMAT", default_value = "table")]
        output: ListFormat,
        #[command(flatten)]
        global: Global,
    },
    /// Show a chart's definition, default values, schema or README
    Show {
        /// What to show
        what: ShowWhat,
        /// A folder, an archive or the name of a bundled chart [default: the current folder]
        chart: Option<String>,
        #[command(flatten)]
        global: Global,
    },
    /// Print the values that templates see: defaults, layers and arguments merged
    Values(Box<ValuesCommand>),
    /// Tell where a value comes from: who set it, and what it was before
    Why(Box<WhyCommand>),
    /// Tell for each line of a render which template line printed it, from which value
    Blame(Box<BlameArgs>),
    /// Compare two sets of manifests: files, folders, stdin, snapshots, renders
    Diff(Box<DiffArgs>),
    /// Keep a render in a file to be reviewed, and tell when a later one is different
    Snapshot(Box<SnapshotArgs>),
    /// Draw who refers to whom in a render, and tell what leads nowhere
    Graph(Box<GraphArgs>),
    /// Check manifests as the API server of a cluster would: files, folders, stdin
    Validate(Box<ValidateArgs>),
    /// Look for likely mistakes: values that no template reads, what `helm lint` reports
    Lint(Box<LintArgs>),
    /// Write a bundled chart to a folder, as an ordinary chart
    Export {
        /// The name of a bundled chart
        chart: String,
        /// The folder to write; it must be empty or not exist
        dir: PathBuf,
        #[command(flatten)]
        global: Global,
    },
    /// Print a completion script for a shell
    Completion {
        /// The shell
        shell: clap_complete::Shell,
    },
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum ListFormat {
    Table,
    Json,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum ShowWhat {
    /// Chart.yaml
    Chart,
    /// The default values, with their comments
    Values,
    /// The JSON schema of the values
    Schema,
    /// The README
    Readme,
    /// All of them
    All,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum ColourChoice {
    Auto,
    Always,
    Never,
}

// The arguments of `render values`.
#[derive(Debug, Args)]
pub(super) struct ValuesCommand {
    /// A folder, an archive or the name of a bundled chart [default: the current folder]
    pub(super) chart: Option<String>,
    #[command(flatten)]
    pub(super) values: ValuesArgs,
    /// Print YAML or JSON
    #[arg(short, long, value_name = "FORMAT", default_value = "yaml", help_heading = "Output")]
    pub(super) output: DataFormat,
    /// Say behind each value which line of which file set it
    #[arg(long, help_heading = "Output")]
    pub(super) origin: bool,
    /// Print only what a layer changes: the name of a --layer, or the path of a -f
    #[arg(long, value_name = "LAYER", conflicts_with = "origin", help_heading = "Output")]
    pub(super) diff: Option<String>,
    #[command(flatten)]
    pub(super) global: Global,
}

// The arguments of `render why`.
#[derive(Debug, Args)]
pub(super) struct WhyCommand {
    /// The path of a value, as --set writes it: `a.b[0].c`; quotes or `\` for dots in a key
    pub(super) path: String,
    /// A folder, an archive or the name of a bundled chart [default: the current folder]
    pub(super) chart: Option<String>,
    #[command(flatten)]
    pub(super) values: ValuesArgs,
    /// As text for people, or as JSON for programs
    #[arg(short, long, value_name = "FORMAT", default_value = "text", help_heading = "Output")]
    pub(super) output: ReportFormat,
    #[command(flatten)]
    pub(super) global: Global,
}

// The arguments of `render blame`.
#[derive(Debug, Args)]
#[command(after_long_help = BLAME_EXAMPLES)]
pub(super) struct BlameArgs {
    /// A template, as `# Source:` names it, or a manifest as KIND/NAME
    #[arg(value_name = "FILE|KIND/NAME")]
    pub(super) what: String,
    #[command(flatten)]
    pub(super) render: TemplateArgs,
    /// As text for people, or as JSON for programs
    #[arg(short, long, value_name = "FORMAT", default_value = "text", help_heading = "Output")]
    pub(super) output: ReportFormat,
}

const BLAME_EXAMPLES: &str = "\
Examples:
  render blame Deployment/shop-web shop ./chart -f v.yaml
  render blame templates/web.yaml ./chart -o json";

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum DataFormat {
    Yaml,
    Json,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum ReportFormat {
    Text,
    Json,
}

// Flags of every command.
#[derive(Debug, Args)]
pub(super) struct Global {
    /// Colour messages
    #[arg(long, alias = "colour", value_name = "WHEN", default_value = "auto", help_heading = "Messages")]
    pub(super) color: ColourChoice,
    /// Show values of secrets in messages
    #[arg(long, help_heading = "Messages")]
    pub(super) show_secrets: bool,
}

// The arguments of a render.
#[derive(Debug, Args)]
pub(super) struct TemplateArgs {
    /// The release's name [default: the name of a bundled chart, else release-name]
    #[arg(value_name = "NAME")]
    pub(super) first: Option<String>,
    /// A folder, a .tgz archive or the name of a bundled chart [default: the current folder]
    ///
    /// A single argument is the chart. A path wins over a bundled chart of the same name.
    #[arg(value_name = "CHART")]
    pub(super) second: Option<String>,
    /// Too many arguments; taken to be refused with a better message than clap has.
    #[arg(hide = true)]
    pub(super) rest: Vec<String>,
    #[command(flatten)]
    pub(super) values: ValuesArgs,
    #[command(flatten)]
    pub(super) release: ReleaseArgs,
    #[command(flatten)]
    pub(super) stable: StableArgs,
    #[command(flatten)]
    pub(super) output: OutputArgs,
    #[command(flatten)]
    pub(super) against: AgainstArgs,
    #[command(flatten)]
    pub(super) switches: Switches,
    #[command(flatten)]
    pub(super) helm: HelmArgs,
    #[command(flatten)]
    pub(super) global: Global,
    /// Print the version
    ///
    /// With a value it is Helm's constraint on a chart's version, which means nothing for a chart at hand.
    #[arg(short = 'V', long, value_name = "CONSTRAINT", num_args = 0..=1, help_heading = "Messages")]
    pub(super) version: Option<Option<String>>,
}

// The arguments of `render merge`.
#[derive(Debug, Args)]
pub(super) struct MergeArgs {
    /// The values file to start from, `-` for stdin; its comments, order and formatting stay
    pub(super) base: String,
    /// Values files to lay over it, one after the other, as Helm does with -f
    #[arg(value_name = "OVERLAY")]
    pub(super) overlays: Vec<String>,
    /// Write to a file, which may be BASE itself, instead of stdout
    #[arg(short, long, value_name = "FILE")]
    pub(super) output: Option<PathBuf>,
    /// Leave comments and empty lines out
    #[arg(long)]
    pub(super) strip_comments: bool,
    /// Refuse files larger than this: bytes, or with K, M or G
    #[arg(long, value_name = "SIZE", value_parser = size)]
    pub(super) max_input: Option<u64>,
    #[command(flatten)]
    pub(super) global: Global,
}

// The arguments of a comparison.
#[derive(Debug, Args)]
#[command(after_long_help = DIFF_EXAMPLES)]
pub(super) struct DiffArgs {
    /// A file, a folder of manifests, a snapshot, or `-` for stdin; the old side first
    #[arg(value_name = "SIDE", num_args = 0..=2)]
    pub(super) paths: Vec<String>,
    /// Arguments of a render, which is a side; two renders have `--` between them
    #[arg(last = true, value_name = "RENDER")]
    pub(super) after_dashes: Vec<OsString>,
    /// The renders that the arguments after `--` ask for.
    #[arg(skip)]
    pub(super) renders: Vec<TemplateArgs>,
    /// How to print what is different
    #[arg(short, long, value_name = "FORMAT", default_value = "human", help_heading = "Output")]
    pub(super) output: DiffFormat,
    /// How many lines that are the same to show around those that are not
    #[arg(short = 'C', long, value_name = "LINES", default_value_t = 3, help_heading = "Output")]
    pub(super) context: u32,
    /// Take the first side for the new one
    #[arg(short = 'R', long, help_heading = "Output")]
    pub(super) reverse: bool,
    /// Exit with 0 whether or not something is different
    #[arg(long, help_heading = "Output")]
    pub(super) exit_zero: bool,
    /// Leave something out: `[KIND[/NAME]:]PATH`, @labels, @checksums, @server, @order, @spaces (repeatable)
    ///
    /// A path is as the output has it: `spec.template.spec.containers[web].image`, `data.*`, `**.resources`. Without a
    /// path (`Secret:`, `Deployment/web:`) the resource is left out. @labels are the labels that name the version of a
    /// chart, @checksums annotations with `checksum` in their name, @server the fields that only a cluster writes, @order
    /// the order of items in lists, @spaces blanks at the ends of texts and of their lines.
    #[arg(long, value_name = "RULE", help_heading = "Comparison")]
    pub(super) ignore: Vec<String>,
    /// The key of a snapshot that does not hold it
    #[arg(long, value_name = "FILE", help_heading = "Comparison")]
    pub(super) secrets_key: Option<PathBuf>,
    /// Exit with 6 where a change has a risk of these classes (repeatable, comma lists)
    ///
    /// The classes are data-loss, immutable, downtime, security, replaced, api, ownership and restart.
    #[arg(long, value_name = "CLASS", value_delimiter = ',', help_heading = "Risks")]
    pub(super) fail_on: Vec<String>,
    /// The Kubernetes version that the new side is for [default: that of its render, else 1.35]
    #[arg(long, value_name = "VERSION", help_heading = "Risks")]
    pub(super) kube_version: Option<String>,
    #[command(flatten)]
    pub(super) global: Global,
}

impl DiffArgs {
    /// Reads what stands after `--`: the arguments of one render or, with another `--` between them, of two.
    fn parse_renders(&mut self) -> Result<(), clap::Error> {
        if self.after_dashes.is_empty() {
            return Ok(());
        }
        for args in self.after_dashes.split(|arg| arg == "--") {
            let command = TemplateArgs::augment_args(clap::Command::new("render diff --").no_binary_name(true));
            self.renders.push(TemplateArgs::from_arg_matches(&command.try_get_matches_from(args)?)?);
        }
        Ok(())
    }
}

const DIFF_EXAMPLES: &str = "\
Examples:
  render diff old.yaml new.yaml
  kubectl get deploy,svc -o yaml | render diff - -- opencti --layer clustering -f mine.yaml
  render diff -o html -- shop ./old-chart -f v.yaml -- shop ./new-chart -f v.yaml > diff.html
  render diff --fail-on data-loss,immutable old.yaml -- shop ./chart

Exit codes:
  0 the same   5 different   6 a risk that --fail-on names   1 failed   2 wrong usage
  3 the schema refuses the values";

// The arguments of `render snapshot`.
#[derive(Debug, Args)]
#[command(after_long_help = SNAPSHOT_EXAMPLES)]
pub(super) struct SnapshotArgs {
    #[command(flatten)]
    pub(super) render: TemplateArgs,
    /// The file that holds the snapshot [default: snapshots/NAME.yaml]
    #[arg(short, long, value_name = "FILE", help_heading = "Snapshot")]
    pub(super) output: Option<PathBuf>,
    /// Write nothing; fail where there is no snapshot yet
    #[arg(long, conflicts_with = "update", help_heading = "Snapshot")]
    pub(super) check: bool,
    /// Accept what is different: write the snapshot anew
    #[arg(long, help_heading = "Snapshot")]
    pub(super) update: bool,
    /// How secrets stand in the snapshot [default: as those of the snapshot to update, else as digests]
    #[arg(long, value_name = "FORM", help_heading = "Snapshot")]
    pub(super) secrets: Option<SecretsForm>,
    /// Make digests with the key in a file, which is then needed to compare, rather than with one in the header
    #[arg(long, value_name = "FILE", help_heading = "Snapshot")]
    pub(super) secrets_key: Option<PathBuf>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum SecretsForm {
    /// Digests that say whether a secret changed
    Digests,
    /// The secrets themselves
    Plain,
}

const SNAPSHOT_EXAMPLES: &str = "\
Examples:
  render snapshot prod opencti -f prod.yaml            write snapshots/prod.yaml
  render snapshot prod opencti -f prod.yaml --check    exit with 5 where it is different
  render snapshot prod opencti -f prod.yaml --update   accept what is different
  render diff snapshots/prod.yaml -- prod opencti --layer clustering,ha -f prod.yaml

Exit codes:
  0 written, or the same   5 different   1 failed   2 wrong usage   3 the schema refuses the values";

// The arguments of `render graph`.
#[derive(Debug, Args)]
#[command(after_long_help = GRAPH_EXAMPLES)]
pub(super) struct GraphArgs {
    #[command(flatten)]
    pub(super) render: TemplateArgs,
    /// Draw manifests rather than a render: a file, a folder, a snapshot, or `-` for stdin
    #[arg(long, value_name = "PATH", conflicts_with_all = ["first", "ValuesArgs"], help_heading = "Graph")]
    pub(super) manifests: Option<String>,
    /// How to print the graph
    #[arg(short, long, value_name = "FORMAT", default_value = "mermaid", help_heading = "Graph")]
    pub(super) output: GraphFormat,
    /// Show more than ingress, Services, workloads and their volumes (repeatable, comma lists)
    #[arg(long = "with", value_name = "WHAT", value_delimiter = ',', help_heading = "Graph")]
    pub(super) with: Vec<GraphPart>,
    /// The key of a snapshot that does not hold it
    #[arg(long, value_name = "FILE", help_heading = "Graph")]
    pub(super) secrets_key: Option<PathBuf>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum GraphFormat {
    /// For Markdown on GitHub and GitLab
    Mermaid,
    /// For Graphviz
    Dot,
    /// A picture of its own
    Svg,
    /// For programs
    Json,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum GraphPart {
    /// ConfigMaps and Secrets
    Config,
    /// Autoscalers, disruption budgets, network policies, monitors, webhooks
    Policies,
    /// Service accounts, roles and bindings
    Access,
    /// Everything that refers to something
    All,
}

const GRAPH_EXAMPLES: &str = "\
Examples:
  render graph opencti --layer clustering -o svg > opencti.svg
  render graph shop ./chart -f v.yaml --with config,policies
  kubectl get all,ingress,pvc -o yaml | render graph --manifests - -o dot | dot -Tpng > shop.png";

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum DiffFormat {
    /// Resource by resource, field by field, and a summary
    Human,
    /// A patch of the YAML of both sides, resources paired
    Unified,
    /// A line a resource
    Brief,
    /// For programs
    Json,
    /// A comment on a pull request
    Markdown,
    /// A page of its own
    Html,
}

// The arguments of `render validate`.
#[derive(Debug, Args)]
#[command(after_long_help = VALIDATE_EXAMPLES)]
pub(super) struct ValidateArgs {
    /// Files and folders of manifests, or `-` for stdin [default: stdin]
    #[arg(value_name = "FILE")]
    pub(super) paths: Vec<String>,
    #[command(flatten)]
    pub(super) against: AgainstArgs,
    /// The Kubernetes version to check for, 1.25 to 1.37 [default: 1.35]
    #[arg(long, value_name = "VERSION", help_heading = "Validation")]
    pub(super) kube_version: Option<String>,
    /// Take warnings, and resources without a schema, for errors
    #[arg(long, help_heading = "Validation")]
    pub(super) strict: bool,
    /// How to print what is found
    #[arg(short, long, value_name = "FORMAT", default_value = "human", help_heading = "Output")]
    pub(super) output: ValidateFormat,
    /// Print how many resources are valid, invalid, skipped
    #[arg(long, help_heading = "Output")]
    pub(super) summary: bool,
    #[command(flatten)]
    pub(super) global: Global,
}

// The arguments of `render lint`.
#[derive(Debug, Args)]
#[command(after_long_help = LINT_EXAMPLES)]
pub(super) struct LintArgs {
    #[command(flatten)]
    pub(super) render: TemplateArgs,
    /// As text for people, or as JSON for programs
    #[arg(short, long, value_name = "FORMAT", default_value = "text", help_heading = "Output")]
    pub(super) output: ReportFormat,
}

const LINT_EXAMPLES: &str = "\
Examples:
  render lint ./chart
  render lint opencti --layer clustering -f mine.yaml --strict
  render lint ./chart -f ci/values.yaml -o json

Exit codes:
  0 no errors   1 errors, or warnings under --strict   2 wrong usage";

// What manifests are checked against besides Kubernetes' own types.
#[derive(Debug, Args)]
pub(super) struct AgainstArgs {
    /// Check custom resources by the CustomResourceDefinitions in a file or folder (repeatable)
    #[arg(long = "crd", value_name = "PATH", help_heading = "Validation")]
    pub(super) crds: Vec<PathBuf>,
}

const VALIDATE_EXAMPLES: &str = "\
Examples:
  render validate manifests/ --kube-version 1.33
  kustomize build | render validate --crd crds/ --summary
  render validate -o sarif manifests/ > findings.sarif
  render opencti -f mine.yaml --validate | kubectl apply -f -

Exit codes:
  0 valid   1 failed   2 wrong usage   4 invalid";

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum ValidateFormat {
    /// What is wrong, resource by resource; nothing where all is well
    Human,
    /// For programs
    Json,
    /// XML of JUnit, which most CI systems read
    Junit,
    /// Test Anything Protocol
    Tap,
    /// For code scanning
    Sarif,
    /// Annotations of GitHub Actions
    Github,
}

// Where values come from.
#[derive(Debug, Args)]
#[command(next_help_heading = "Values")]
pub(super) struct ValuesArgs {
    /// Lay a named layer of the chart over its defaults, before any -f (repeatable, comma lists)
    #[arg(long = "layer", value_name = "NAME", value_delimiter = ',')]
    pub(super) layers: Vec<String>,
    /// Read values from a YAML file, `-` for stdin (repeatable, comma lists); later ones win
    #[arg(short = 'f', long = "values", value_name = "FILE", allow_hyphen_values = true)]
    pub(super) files: Vec<String>,
    /// Set values: `a.b=1,c[0]=x`; numbers, true, false and null are recognised
    #[arg(long, value_name = "KEY=VALUE")]
    pub(super) set: Vec<String>,
    /// Set strings, whatever they look like
    #[arg(long, value_name = "KEY=VALUE")]
    pub(super) set_string: Vec<String>,
    /// Set JSON values: `a.b=[1,2]` or a whole object `{"a": 1}`
    #[arg(long, value_name = "KEY=JSON")]
    pub(super) set_json: Vec<String>,
    /// Set strings read from files
    #[arg(long, value_name = "KEY=PATH")]
    pub(super) set_file: Vec<String>,
    /// Set one string, taken as it is up to its end
    #[arg(long, value_name = "KEY=TEXT")]
    pub(super) set_literal: Vec<String>,
    /// Refuse files of values larger than this: bytes, or with K, M or G [default: 2G]
    #[arg(long, value_name = "SIZE", value_parser = size)]
    pub(super) max_input: Option<u64>,
}

/// A number of bytes: `1000`, `64K`, `16M`, `1G`.
fn size(text: &str) -> Result<u64, String> {
    let (number, unit) = match text.split_at_checked(text.len().saturating_sub(1)) {
        Some((number, "k" | "K")) => (number, 1 << 10),
        Some((number, "m" | "M")) => (number, 1 << 20),
        Some((number, "g" | "G")) => (number, 1 << 30),
        _ => (text, 1),
    };
    let bytes = number.parse::<u64>().ok().and_then(|number| number.checked_mul(unit));
    bytes.ok_or_else(|| "a size is a number of bytes, or one with K, M or G: `16M`".to_owned())
}

// What the release and its cluster are.
#[derive(Debug, Args)]
#[command(next_help_heading = "Release and cluster")]
pub(super) struct ReleaseArgs {
    /// The release's namespace
    #[arg(short, long, value_name = "NAME", default_value = "default")]
    pub(super) namespace: String,
    /// A template for the release's name
    #[arg(long, value_name = "TEMPLATE")]
    pub(super) name_template: Option<String>,
    /// The Kubernetes version to render for
    #[arg(long, value_name = "VERSION")]
    pub(super) kube_version: Option<String>,
    /// API versions that the cluster has besides the usual ones (repeatable, comma lists)
    #[arg(short, long, value_name = "VERSION", value_delimiter = ',')]
    pub(super) api_versions: Vec<String>,
}

// What a render stands on rather than on chance.
#[derive(Args)]
#[command(next_help_heading = "Stable renders")]
pub(super) struct StableArgs {
    /// Draw everything random, and the clock, from this text: the same inputs print the same bytes
    ///
    /// Who knows it knows the secrets: treat it as one.
    #[arg(long, value_name = "TEXT", conflicts_with = "seed_file")]
    pub(super) seed: Option<String>,
    /// Read the seed from a file, `-` for stdin, so that it does not stand in the list of processes
    #[arg(long, value_name = "FILE")]
    pub(super) seed_file: Option<String>,
    /// What time it is: 2026-01-31 or 2026-01-31T12:00:00Z [default: the system's, with a seed one of its own]
    #[arg(long, value_name = "TIME")]
    pub(super) now: Option<String>,
    /// Keep random values as they are in earlier manifests, and let `lookup` find those (repeatable, `-` for stdin)
    #[arg(long, value_name = "FILE", allow_hyphen_values = true)]
    pub(super) adopt: Vec<String>,
    /// Let `lookup` find the objects in a file, such as `kubectl get -o yaml` prints (repeatable, `-` for stdin)
    #[arg(long, value_name = "FILE", allow_hyphen_values = true)]
    pub(super) lookup: Vec<String>,
}

/// A seed is not to be shown.
impl std::fmt::Debug for StableArgs {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("StableArgs").finish_non_exhaustive()
    }
}

// What is printed, and where.
#[derive(Debug, Args)]
#[command(next_help_heading = "Output")]
pub(super) struct OutputArgs {
    /// Print only what these templates render, as `templates/x.yaml` (repeatable, * and ? as in a shell)
    #[arg(short, long, value_name = "TEMPLATE")]
    pub(super) show_only: Vec<String>,
    /// Write files into a folder instead of stdout
    #[arg(long, value_name = "DIR")]
    pub(super) output_dir: Option<PathBuf>,
}

// Switches.
#[derive(Debug, Args)]
pub(super) struct Switches {
    /// Turn warnings into errors: duplicate keys, values that cannot be merged, `warn` in templates
    #[arg(long, help_heading = "Values")]
    pub(super) strict: bool,
    /// Do not check values against the chart's schema
    #[arg(long, help_heading = "Values")]
    pub(super) skip_schema_validation: bool,
    /// Print nothing unless the API server would accept it all: `render help validate`
    #[arg(long, help_heading = "Validation")]
    pub(super) validate: bool,
    /// Render as an upgrade: .Release.IsUpgrade instead of .Release.IsInstall
    #[arg(long, help_heading = "Release and cluster")]
    pub(super) is_upgrade: bool,
    /// Make a release name up
    #[arg(short, long, help_heading = "Release and cluster")]
    pub(super) generate_name: bool,
    /// Let templates look up host names
    #[arg(long, help_heading = "Release and cluster")]
    pub(super) enable_dns: bool,
    /// Print the chart's CRDs too, before everything else
    #[arg(long, help_heading = "Output")]
    pub(super) include_crds: bool,
    /// Leave CRDs out, whatever --include-crds says
    #[arg(long, help_heading = "Output")]
    pub(super) skip_crds: bool,
    /// Leave hooks out
    #[arg(long, help_heading = "Output")]
    pub(super) no_hooks: bool,
    /// Leave test hooks out
    #[arg(long, help_heading = "Output")]
    pub(super) skip_tests: bool,
    /// Put the release's name into the paths below --output-dir
    #[arg(long, help_heading = "Output")]
    pub(super) release_name: bool,
    /// Print what was rendered even where it is not YAML, and say more in messages
    #[arg(long, help_heading = "Messages")]
    pub(super) debug: bool,
}

// Flags of `helm template` that ask for a cluster, a registry or an installation.
//
// Those that change nothing in a render without them are accepted; the others are refused in [`super::plan`].
#[derive(Debug, Args)]
pub(super) struct HelmArgs {
    #[command(flatten)]
    pub(super) refused: Refused,
    #[command(flatten)]
    pub(super) ignored_flags: IgnoredFlags,
    #[command(flatten)]
    pub(super) ignored_values: IgnoredValues,
}

// Flags whose effect this program does not have.
#[derive(Debug, Args)]
pub(super) struct Refused {
    #[arg(long, hide = true)]
    pub(super) repo: Option<String>,
    #[arg(long, hide = true)]
    pub(super) dependency_update: bool,
    #[arg(long, hide = true)]
    pub(super) verify: bool,
    #[arg(long, hide = true)]
    pub(super) post_renderer: Option<String>,
    #[arg(long, hide = true)]
    pub(super) post_renderer_args: Vec<String>,
    #[arg(long, hide = true, num_args = 0..=1, require_equals = true, default_missing_value = "client")]
    pub(super) dry_run: Option<String>,
}

macro_rules! ignored_flags {
    ($($field:ident),* $(,)?) => {
        // Switches without a meaning here.
        #[derive(Debug, Args)]
        pub(super) struct IgnoredFlags {
            $(#[arg(long, hide = true)]
            pub(super) $field: bool,)*
        }
    };
}

macro_rules! ignored_values {
    ($($field:ident),* $(,)?) => {
        // Flags with a value without a meaning here.
        #[derive(Debug, Args)]
        pub(super) struct IgnoredValues {
            $(#[arg(long, hide = true)]
            pub(super) $field: Vec<String>,)*
            #[arg(short, long, hide = true)]
            pub(super) labels: Vec<String>,
            #[arg(long, hide = true, num_args = 0..=1, require_equals = true, default_missing_value = "watcher")]
            pub(super) wait: Option<String>,
        }
    };
}

ignored_flags!(
    create_namespace,
    devel,
    disable_openapi_validation,
    force_conflicts,
    force_replace,
    hide_notes,
    insecure_skip_tls_verify,
    kube_insecure_skip_tls_verify,
    pass_credentials,
    plain_http,
    render_subchart_notes,
    replace,
    rollback_on_failure,
    server_side,
    take_ownership,
    wait_for_jobs,
);

ignored_values!(
    burst_limit,
    ca_file,
    cert_file,
    content_cache,
    description,
    key_file,
    keyring,
    kube_apiserver,
    kube_as_group,
    kube_as_user,
    kube_ca_file,
    kube_context,
    kube_tls_server_name,
    kube_token,
    kubeconfig,
    password,
    qps,
    registry_config,
    repository_cache,
    repository_config,
    timeout,
    username,
);
