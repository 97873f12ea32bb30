//! A folder to work in and the built binary to run there.

use std::io::Write as _;
use std::path::PathBuf;
use std::process::{Command, Stdio};

/// A temporary folder with files in it.
pub struct Folder(tempfile::TempDir);

/// What a run printed, and how it ended.
#[derive(Debug)]
pub struct Ran {
    pub code: i32,
    pub stdout: String,
    pub stderr: String,
}

impl Folder {
    pub fn new(files: &[(&str, &str)]) -> Self {
        let folder = Folder(tempfile::tempdir().expect("a temporary folder"));
        for (path, text) in files {
            folder.write(path, text);
        }
        folder
    }

    pub fn path(&self, path: &str) -> PathBuf {
        self.0.path().join(path)
    }

    pub fn write(&self, path: &str, text: &str) {
        let path = self.path(path);
        std::fs::create_dir_all(path.parent().expect("a folder above")).expect("a folder");
        std::fs::write(path, text).expect("a file");
    }

    pub fn render(&self, args: &[&str]) -> Ran {
        self.render_with_input(args, "")
    }

    pub fn render_with_input(&self, args: &[&str], input: &str) -> Ran {
        let mut child = binary().args(args).current_dir(self.0.path()).spawn().expect("the binary starts");
        let mut stdin = child.stdin.take().expect("a pipe");
        // A program that does not read its input may be gone already.
        let _ = stdin.write_all(input.as_bytes());
        drop(stdin);
        let output = child.wait_with_output().expect("the binary ends");
        Ran {
            code: output.status.code().unwrap_or(-1),
            stdout: String::from_utf8_lossy(&output.stdout).into_owned(),
            stderr: String::from_utf8_lossy(&output.stderr).into_owned(),
        }
    }

    /// What a shell prints for a command line in which `render` is the built binary.
    pub fn shell(&self, command: &str) -> String {
        let binary = std::path::Path::new(env!("CARGO_BIN_EXE_render"));
        let path = std::env::var_os("PATH").unwrap_or_default();
        let folders = binary.parent().map(PathBuf::from).into_iter().chain(std::env::split_paths(&path));
        let path = std::env::join_paths(folders).expect("folders without a colon");
        let mut shell = Command::new("sh");
        shell.args(["-c", command]).env("PATH", path).env("NO_COLOR", "1").current_dir(self.0.path());
        let output = shell.output().expect("a shell");
        String::from_utf8_lossy(&output.stdout).into_owned()
    }
}

fn binary() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_render"));
    command.env("NO_COLOR", "1").env("COLUMNS", "100");
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    command
}

/// Runs without a folder of its own.
pub fn render(args: &[&str]) -> Ran {
    Folder::new(&[]).render(args)
}

impl Ran {
    /// The output of a run that must have gone well.
    #[track_caller]
    pub fn ok(self) -> String {
        assert_eq!(self.code, 0, "{}", self.stderr);
        self.stdout
    }
}

/// A run must have failed like this: the exit code, nothing on stdout, and words on stderr.
#[track_caller]
pub fn refused(ran: &Ran, code: i32, words: &[&str]) {
    assert_eq!((ran.code, ran.stdout.as_str()), (code, ""), "{}", ran.stderr);
    for word in words {
        assert!(ran.stderr.contains(word), "{word} is not in {}", ran.stderr);
    }
}
