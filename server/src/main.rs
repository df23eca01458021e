//! The command line of the office: `fengqiao serve` and `fengqiao verify`.

use std::{
    io::{self, Write},
    path::PathBuf,
    process::ExitCode,
};

use casefile::PublicKey;
use clap::{Args, Command, FromArgMatches, arg, value_parser};
use server::{
    Config, Failure,
    config::{Flags, Limits},
    serve, verify,
};
use tracing_subscriber::EnvFilter;

/// What could not be read or used.
const UNUSABLE: u8 = 2;

fn main() -> ExitCode {
    let filter = EnvFilter::try_from_env("FENGQIAO_LOG").unwrap_or_else(|_| EnvFilter::new("info,sqlx=warn"));
    tracing_subscriber::fmt().with_env_filter(filter).with_writer(io::stderr).init();
    let matches = command_line().get_matches();
    match matches.subcommand() {
        Some(("serve", given)) => open(given),
        Some(("verify", given)) => check(given),
        _ => ExitCode::from(UNUSABLE),
    }
}

fn command_line() -> Command {
    let about = "启动服务。 Opens the office: web pages, API and hearing rooms.";
    // The flags bring a text of their own, meant for the pages of the code.
    let serve = Flags::augment_args(Command::new("serve")).about(about).long_about(about);
    let verify = Command::new("verify")
        .about("离线核验案卷。 Checks a case file offline. 0：全部相符 all holds；1：有不符 something is broken；2：无法读取 unreadable.")
        .arg(arg!(<FILE> "案卷文件。 The case file.").value_parser(value_parser!(PathBuf)))
        .arg(arg!(--key <HEX> "本院公布的公钥。 The office's published key, 64 hexadecimal digits.").required(false));
    Command::new("fengqiao")
        .version(env!("CARGO_PKG_VERSION"))
        .about("枫桥：检察听证室。 Fengqiao: a browser court for procuratorial hearings.")
        .subcommand_required(true)
        .arg_required_else_help(true)
        .subcommand(Limits::options(serve))
        .subcommand(verify)
}

fn open(given: &clap::ArgMatches) -> ExitCode {
    let config = Flags::from_arg_matches(given)
        .map_err(|error| error.to_string())
        .and_then(|flags| Config::from_flags(flags, given).map_err(|error| error.to_string()));
    let config = match config {
        Ok(config) => config,
        Err(error) => return unusable(&error),
    };
    let runtime = match tokio::runtime::Builder::new_multi_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => return unusable(&error.to_string()),
    };
    match runtime.block_on(serve::serve(config, say)) {
        Ok(()) => ExitCode::SUCCESS,
        Err(Failure::Error(error)) => unusable(&error.to_string()),
        Err(Failure::Refused(_, sentence)) => unusable(&format!("{} {}", sentence.zh, sentence.en)),
    }
}

fn check(given: &clap::ArgMatches) -> ExitCode {
    let Some(file) = given.get_one::<PathBuf>("FILE") else {
        return ExitCode::from(UNUSABLE);
    };
    let key = match given.get_one::<String>("key").map(|text| PublicKey::from_hex(text)) {
        Some(None) => return unusable("公钥无法识别。 The key cannot be read."),
        Some(key) => key,
        None => None,
    };
    match verify::verify(file, key.as_ref()) {
        Ok(checked) => {
            for line in &checked.lines {
                say(line);
            }
            ExitCode::from(u8::from(!checked.holds))
        }
        Err(error) => unusable(&format!("{}: {error}", file.display())),
    }
}

/// Prints a line for whoever started the program. A closed pipe is no reason to stop.
fn say(line: &str) {
    let _ = writeln!(io::stdout(), "{line}");
}

fn unusable(why: &str) -> ExitCode {
    let _ = writeln!(io::stderr(), "fengqiao: {why}");
    ExitCode::from(UNUSABLE)
}
