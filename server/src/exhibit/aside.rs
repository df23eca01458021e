//! A PDF is read aside: by this program once more, in a process that has nothing of the server's, that may be stopped
//! at any moment and may fall over by itself.
//!
//! ```text
//! server ──the file──▶ fengqiao read-pdf JOB ──pages, a refusal, or a picture──▶ server
//!                       so much memory, so much time, no environment
//! ```

use std::{
    io::{Read, Write},
    path::PathBuf,
    process::{ExitCode, Stdio},
};

use serde::{Deserialize, Serialize};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    process::Command,
};

use super::examine::{Bounds, pdf};
use crate::{Config, Error, Failure, Refused, config::Limits};

/// The command of this program that reads a PDF; for itself, nobody types it.
pub const COMMAND: &str = "read-pdf";

/// Most bytes of an answer.
const ANSWER_BYTES_MAX: u64 = 67_108_864;

/// Bytes of the stack of whoever reads. What is nested deeper than that ends the process, and counts as broken.
const STACK_BYTES: usize = 67_108_864;

/// Starts a program with so much memory, in KiB, where the system knows how.
const WITH_MEMORY: &str = "ulimit -v \"$1\" 2>/dev/null; exec \"$2\" \"$3\" \"$4\"";

/// What keeps a reader within its memory.
const SHELL: &str = "/bin/sh";

/// Whether PDFs can be read on this machine; better said before the first is handed in.
///
/// # Errors
/// When there is no shell.
pub fn ready() -> Result<(), Error> {
    if cfg!(unix) && !std::path::Path::new(SHELL).exists() {
        return Err(Error::Config(format!("{SHELL}: 没有它就无法读取PDF without it no PDF can be read")));
    }
    Ok(())
}

/// What is to be done with a PDF.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Job {
    /// Look it through and count its pages.
    Look {
        /// Most pixels of a picture inside.
        pixels_max: u64,
        /// Most pages.
        pages_max: u32,
    },
    /// Draw a page.
    Draw {
        /// Which, counted from one.
        page: u32,
        /// How wide, in pixels.
        width: u32,
        /// Most pixels of the picture.
        pixels_max: u64,
        /// Folders of the fonts of this machine.
        fonts: Vec<PathBuf>,
    },
}

/// What was found in a PDF.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum Said {
    /// So many pages.
    Pages(u32),
    /// Not taken, by the code of the refusal.
    Refused(String),
}

/// Where PDFs are read.
#[derive(Clone, Debug)]
pub struct Aside {
    program: PathBuf,
    fonts: Vec<PathBuf>,
    memory_bytes_max: u64,
    draw_ms: u64,
}

impl Aside {
    /// With the program that the set-up names, or with the one that runs.
    #[must_use]
    pub fn new(config: &Config) -> Self {
        let own = || std::env::current_exe().ok();
        Self {
            program: config.program.clone().or_else(own).unwrap_or_else(|| "fengqiao".into()),
            fonts: config.fonts.clone(),
            memory_bytes_max: config.limits.exhibit_memory_bytes_max,
            draw_ms: config.limits.exhibit_draw_ms,
        }
    }

    /// How many pages a PDF has.
    ///
    /// # Errors
    /// Why it is not taken; or when the program cannot be started.
    pub async fn look(&self, bytes: &[u8], bounds: Bounds) -> Result<u32, Failure> {
        let job = Job::Look { pixels_max: bounds.pixels_max, pages_max: bounds.pages_max };
        let answer = self.does(&job, bytes, bounds.examine_ms).await?.ok_or(Refused::FileBroken)?;
        match serde_json::from_slice(&answer).map_err(|_| Refused::FileBroken)? {
            Said::Pages(pages) => Ok(pages),
            Said::Refused(code) => {
                let known = Refused::ALL.iter().find(|refused| refused.parts().1 == code);
                Err((*known.unwrap_or(&Refused::FileBroken)).into())
            }
        }
    }

    /// A page of a PDF as PNG or JPEG, so many pixels wide.
    ///
    /// # Errors
    /// When it cannot be drawn, in time and with the memory that there is; or the program not be started.
    pub async fn draw(
        &self,
        bytes: &[u8],
        page: u32,
        width: u32,
        pixels_max: u64,
    ) -> Result<Vec<u8>, Failure> {
        let job = Job::Draw { page, width, pixels_max, fonts: self.fonts.clone() };
        Ok(self.does(&job, bytes, self.draw_ms).await?.ok_or(Refused::PageUndrawn)?)
    }

    /// Does a job; none when the process did not come to its end, or not in time.
    async fn does(&self, job: &Job, bytes: &[u8], ms: u64) -> Result<Option<Vec<u8>>, Error> {
        let mut child = self.command(&serde_json::to_string(job)?).spawn()?;
        let (stdin, stdout) = (child.stdin.take(), child.stdout.take());
        let told = async {
            if let Some(mut stdin) = stdin {
                // A process that has seen enough reads no further.
                let _ = stdin.write_all(bytes).await;
            }
        };
        let answered = async {
            let mut answer = Vec::new();
            if let Some(stdout) = stdout {
                stdout.take(ANSWER_BYTES_MAX).read_to_end(&mut answer).await?;
            }
            Ok::<_, std::io::Error>(answer)
        };
        let whole = async {
            let ((), answer) = tokio::join!(told, answered);
            Ok::<_, std::io::Error>((answer?, child.wait().await?))
        };
        match tokio::time::timeout(Limits::span(ms), whole).await {
            Ok(done) => {
                let (answer, status) = done?;
                // So a shell says that there was no such program.
                if matches!(status.code(), Some(126 | 127)) {
                    return Err(std::io::Error::other("the reader of PDFs cannot be started").into());
                }
                Ok(status.success().then_some(answer))
            }
            // Dropped, it is killed.
            Err(_) => Ok(None),
        }
    }

    fn command(&self, job: &str) -> Command {
        let mut command = if cfg!(unix) {
            let mut command = Command::new(SHELL);
            let memory = (self.memory_bytes_max / 1024).to_string();
            command.args(["-c", WITH_MEMORY, "sh", &memory]).arg(&self.program).args([COMMAND, job]);
            command
        } else {
            let mut command = Command::new(&self.program);
            command.args([COMMAND, job]);
            command
        };
        command.env_clear().stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null());
        command.kill_on_drop(true);
        command
    }
}

/// Does a job with the PDF that comes in, in the process that was started for it.
#[must_use]
pub fn run(job: &str) -> ExitCode {
    let Ok(job) = serde_json::from_str(job) else { return ExitCode::FAILURE };
    let mut bytes = Vec::new();
    if std::io::stdin().lock().read_to_end(&mut bytes).is_err() {
        return ExitCode::FAILURE;
    }
    let reading = std::thread::Builder::new().stack_size(STACK_BYTES).spawn(move || answer(job, &bytes));
    let answer = reading.ok().and_then(|reading| reading.join().ok()).flatten();
    let told = answer.is_some_and(|answer| std::io::stdout().lock().write_all(&answer).is_ok());
    if told { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

fn answer(job: Job, bytes: &[u8]) -> Option<Vec<u8>> {
    match job {
        Job::Look { pixels_max, pages_max } => {
            let said = match pdf::look(bytes, pixels_max, pages_max) {
                Ok(pages) => Said::Pages(pages),
                Err(refused) => Said::Refused(refused.parts().1.into()),
            };
            serde_json::to_vec(&said).ok()
        }
        Job::Draw { page, width, pixels_max, fonts } => pdf::draw(bytes, page, width, pixels_max, fonts).ok(),
    }
}
