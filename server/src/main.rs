//! The command line of the office: `fengqiao serve`, `fengqiao rehearse`, `fengqiao verify`, `fengqiao replace-key`, `fengqiao export`
//! and `fengqiao import`.

use std::{
    io::{self, Write},
    path::{Path, PathBuf},
    process::ExitCode,
    time::Duration,
};

use casefile::{Expected, Published};
use clap::{Arg, ArgAction, Args, Command, FromArgMatches, arg, value_parser};
use server::{
    Config, Failure,
    archive::{
        exchange::{
            Failed,
            export::{Which, export},
            import::{Imported, import},
        },
        key,
    },
    clock,
    config::{Flags, Limits},
    exhibit::aside,
    rehearse::{self, rehearse},
    serve,
    unseen::is_unseen,
    verify,
};
use tracing_subscriber::EnvFilter;

/// What could not be read or used.
const UNUSABLE: u8 = 2;

/// Longest name of whoever imports a hearing, in characters.
const BY_CHARS_MAX: usize = 100;

fn main() -> ExitCode {
    let filter = EnvFilter::try_from_env("FENGQIAO_LOG").unwrap_or_else(|_| EnvFilter::new("info,sqlx=warn"));
    tracing_subscriber::fmt().with_env_filter(filter).with_writer(io::stderr).init();
    let matches = command_line().get_matches();
    match matches.subcommand() {
        Some(("serve", given)) => open(given),
        Some(("rehearse", given)) => play(given),
        Some(("verify", given)) => check(given),
        Some(("replace-key", given)) => replace(given),
        Some(("export", given)) => send(given),
        Some(("import", given)) => receive(given),
        Some((aside::COMMAND, given)) => {
            aside::run(given.get_one::<String>("JOB").map_or("", String::as_str))
        }
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
        .arg(
            arg!(--key <HEX> "本院公布的公钥（64位）或其指纹（32位）。 The office's published key, 64 hexadecimal digits, or the 32 of its fingerprint.")
                .required(false),
        )
        .arg(Arg::new("sm2-key").long("sm2-key").value_name("HEX").help(
            "本院公布的国密公钥（SM2，128位）或其指纹（32位）。 The office's published SM2 key, 128 hexadecimal digits, or the 32 of its fingerprint.",
        ))
        .arg(
            arg!(--recordings <DIR> "该次听证录制文件所在文件夹，一并核验。 Folder of the hearing's recordings, to be checked with it.")
                .required(false)
                .value_parser(value_parser!(PathBuf)),
        )
        .arg(
            arg!(--stamp <FILE> "封存记录的时间戳 seal.tsr，一并核验。 The time stamp of the seal, to be checked with it.")
                .required(false)
                .requires("stamp-certificates")
                .value_parser(value_parser!(PathBuf)),
        )
        .arg(
            Arg::new("stamp-certificates")
                .long("stamp-certificates")
                .value_name("FILE")
                .requires("stamp")
                .value_parser(value_parser!(PathBuf))
                .help("时间戳机构的根证书（PEM）。 The root certificates of the time-stamp authority (PEM)."),
        );
    let replacing = Command::new("replace-key")
        .about("更换封存密钥，服务须已停止；旧密钥保留，以前封存的案卷不受影响。 Replaces the keys that case files are sealed with, while the server is stopped; the old ones stay, and what they sealed holds.")
        .arg(
            arg!(--data <DIR> "数据文件夹。 The data folder.").default_value("./data").value_parser(value_parser!(PathBuf)),
        );
    Command::new("fengqiao")
        .version(env!("CARGO_PKG_VERSION"))
        .about("枫桥：检察听证室。 Fengqiao: a browser court for procuratorial hearings.")
        .subcommand_required(true)
        .arg_required_else_help(true)
        .subcommand(Limits::options(serve))
        .subcommand(rehearsal())
        .subcommand(verify)
        .subcommand(replacing)
        .subcommand(Limits::options(exporting()))
        .subcommand(Limits::options(importing()))
        .subcommand(Command::new(aside::COMMAND).hide(true).arg(arg!(<JOB> "What is to be done.")))
}

fn exporting() -> Command {
    let about = "导出已封存的听证，供其他单位导入，服务须已停止；导出文件含评议内容，应当按数据文件夹的要求保管。 Exports sealed hearings for another installation, while the server is stopped; a file holds the deliberation too and is as secret as the data folder.";
    Flags::augment_args(Command::new("export"))
        .about(about)
        .long_about(about)
        .arg(
            Arg::new("hearing")
                .long("hearing")
                .value_name("ID")
                .required_unless_present("all")
                .conflicts_with("all")
                .help("听证编号。 Id of the hearing."),
        )
        .arg(
            Arg::new("all")
                .long("all")
                .action(ArgAction::SetTrue)
                .help("导出全部已归档的听证；已有的文件不动。 Every hearing in the archive; files that are there are left alone."),
        )
        .arg(
            Arg::new("to")
                .long("to")
                .value_name("FILE|FOLDER")
                .required(true)
                .value_parser(value_parser!(PathBuf))
                .help("写入的文件；--all 时为文件夹。 The file to be written; with --all the folder."),
        )
        .arg(
            Arg::new("recordings")
                .long("recordings")
                .action(ArgAction::SetTrue)
                .help("连同录制文件。 With the files of the recordings."),
        )
}

fn importing() -> Command {
    let about = "导入其他单位导出的听证，核验全部相符后才写入，服务须已停止。 Imports a hearing that another installation exported, once everything in it holds, while the server is stopped. 0：已导入或者已有 it is here；1：有不符，未导入 something is wrong and nothing was imported；2：无法进行 it could not be done.";
    Flags::augment_args(Command::new("import"))
        .about(about)
        .long_about(about)
        .arg(arg!(<FILE> "导出的文件。 The exported file.").value_parser(value_parser!(PathBuf)))
        .arg(
            Arg::new("key").long("key").value_name("FINGERPRINT").action(ArgAction::Append).help(
                "对方公布的封存密钥（Ed25519）的指纹或者公钥，可重复；写明的，只接受由其签署的文件。 Fingerprint of, or whole, the Ed25519 key that the other office published; may be repeated; with it nothing else is taken.",
            ),
        )
        .arg(
            Arg::new("by")
                .long("by")
                .env("USER")
                .value_name("NAME")
                .default_value("")
                .help("导入人，记入查阅记录，一行，最多100个字符，默认为系统用户。 Who imports it, for the access log, in one line of at most 100 characters; else the user of the system."),
        )
}

fn rehearsal() -> Command {
    let path = |name: &'static str, value: &'static str| {
        Arg::new(name).long(name).value_name(value).value_parser(value_parser!(PathBuf))
    };
    Command::new("rehearse")
        .about("按脚本排演一次听证。 Plays a scripted hearing against a running server. 0：全部符合 all as written；1：有不符 something was not；2：脚本或者服务器无法读取 script or server unreadable.")
        .arg(arg!(<FILE> "脚本（JSON）。 The script (JSON).").value_parser(value_parser!(PathBuf)))
        .arg(
            Arg::new("server").long("server").value_name("URL").help(
                "服务器地址，默认取登录信息中的地址，再取 http://127.0.0.1:3000。 Address of the server; else that of the credentials, else http://127.0.0.1:3000.",
            ),
        )
        .arg(
            path("credentials", "FILE").default_value("./data/demo.json").help(
                "登录信息，由 serve --demo 写下。 Sign-in details, as serve --demo writes them.",
            ),
        )
        .arg(path("report", "FILE").help("把报告写成 JSON。 Writes a report as JSON."))
        .arg(path("file", "FILE").help(
            "保存书记员下载的封存案卷。 Saves the sealed case file as the clerk downloads it.",
        ))
        .arg(
            Arg::new("pace").long("pace").value_name("N").value_parser(value_parser!(f64)).default_value("0").help(
                "每步等候其 after 秒数的几倍：0 不等，1 照脚本。 How much of each step's `after` seconds is waited: 0 none, 1 all.",
            ),
        )
        .arg(Arg::new("keep-open").long("keep-open").action(ArgAction::SetTrue).help(
            "停在最后一步，并打印各席位链接。 Leaves the hearing at the last step and prints a link for each seat.",
        ))
        .arg(
            Arg::new("patience-seconds")
                .long("patience-seconds")
                .value_name("N")
                .value_parser(value_parser!(u64).range(1..))
                .default_value("60")
                .help("服务器中断时最多等候秒数。 Longest wait for a server that has gone away, in seconds."),
        )
}

fn play(given: &clap::ArgMatches) -> ExitCode {
    let path = |name: &str| given.get_one::<PathBuf>(name).cloned();
    let (Some(script), Some(credentials)) = (path("FILE"), path("credentials")) else {
        return ExitCode::from(UNUSABLE);
    };
    let options = rehearse::Options {
        script,
        server: given.get_one::<String>("server").cloned(),
        credentials,
        report: path("report"),
        file: path("file"),
        pace: given.get_one::<f64>("pace").copied().unwrap_or_default(),
        keep_open: given.get_flag("keep-open"),
        patience: Duration::from_secs(given.get_one::<u64>("patience-seconds").copied().unwrap_or(60)),
    };
    if !(0.0..=100.0).contains(&options.pace) {
        return unusable("--pace 应在0至100之间。 --pace is between 0 and 100.");
    }
    let runtime = match runtime() {
        Ok(runtime) => runtime,
        Err(error) => return unusable(&error),
    };
    match runtime.block_on(rehearse(&options, &say)) {
        Ok(passed) => ExitCode::from(u8::from(!passed)),
        Err(trouble) => unusable(&trouble.why().to_string()),
    }
}

fn config(given: &clap::ArgMatches) -> Result<Config, String> {
    Flags::from_arg_matches(given)
        .map_err(|error| error.to_string())
        .and_then(|flags| Config::from_flags(flags, given).map_err(|error| error.to_string()))
}

fn runtime() -> Result<tokio::runtime::Runtime, String> {
    tokio::runtime::Builder::new_multi_thread().enable_all().build().map_err(|error| error.to_string())
}

/// The set-up of the office, and what runs it.
fn ready(given: &clap::ArgMatches) -> Result<(Config, tokio::runtime::Runtime), String> {
    Ok((config(given)?, runtime()?))
}

fn send(given: &clap::ArgMatches) -> ExitCode {
    let Some(to) = given.get_one::<PathBuf>("to").cloned() else { return ExitCode::from(UNUSABLE) };
    let which = match given.get_one::<String>("hearing") {
        Some(hearing) => Which::One { hearing: hearing.clone(), to },
        None => Which::All { to },
    };
    let (config, runtime) = match ready(given) {
        Ok(ready) => ready,
        Err(error) => return unusable(&error),
    };
    match runtime.block_on(export(&config, &which, given.get_flag("recordings"), clock::now())) {
        Ok(written) => {
            for one in &written {
                let (file, key) = (one.file.display(), &one.fingerprint);
                say(&format!("已导出 exported {}: {file}，Ed25519 {key}", one.hearing));
            }
            say(&format!("共{}次 {} in all", written.len(), written.len()));
            ExitCode::SUCCESS
        }
        Err(Failure::Error(error)) => unusable(&error.to_string()),
        Err(Failure::Refused(_, sentence)) => unusable(&format!("{} {}", sentence.zh, sentence.en)),
    }
}

fn receive(given: &clap::ArgMatches) -> ExitCode {
    let Some(file) = given.get_one::<PathBuf>("FILE") else { return ExitCode::from(UNUSABLE) };
    let (config, runtime) = match ready(given) {
        Ok(ready) => ready,
        Err(error) => return unusable(&error),
    };
    let keys: Vec<String> = given.get_many::<String>("key").unwrap_or_default().cloned().collect();
    if let Some(odd) = keys.iter().find(|key| casefile::Published::ed25519(key).is_none()) {
        return unusable(&format!("--key 既不是公钥也不是指纹 is neither a key nor a fingerprint: {odd}"));
    }
    let by = given.get_one::<String>("by").map_or("", String::as_str);
    if by.trim().is_empty() {
        return unusable("请用 --by 写明导入人。 Please say with --by who imports it.");
    }
    // It stands in the access log for good, where it is one line.
    let odd = |sign: char| sign.is_control() || is_unseen(sign);
    if by.chars().count() > BY_CHARS_MAX || by.chars().any(odd) {
        return unusable(
            "--by 应为一行，不含控制字符，最多100个字符。 --by is one line without control characters, of at most 100 characters.",
        );
    }
    let is_new = !has_data(&config.data);
    let done = runtime.block_on(import(&config, file, &keys, by));
    if is_new && has_data(&config.data) {
        let place = config.data.display();
        say(&format!(
            "注意：{place} 原来不是数据文件夹，已新建；如果不是本意，请核对 --data。  Mind: there was no data folder at {place}, so a new one was made; if that was not meant, check --data."
        ));
    }
    match done {
        Ok(imported) => {
            arrived(&imported);
            ExitCode::SUCCESS
        }
        Err(Failed::Wrong(wrong)) => {
            let (zh, en) = wrong.words();
            say(&format!("✗ {zh}  {en}  [{}]", wrong.code()));
            say("✗ 未导入任何内容。  Nothing was imported.");
            ExitCode::from(1)
        }
        Err(Failed::Error(error)) => unusable(&format!("{}: {error}", file.display())),
    }
}

/// Whether that is a data folder: a server has sealed with the keys in it, or a database was made there.
fn has_data(folder: &Path) -> bool {
    ["seal.key", "fengqiao.db"].into_iter().any(|name| folder.join(name).exists())
}

/// Says what came of an import, with the fingerprints that are to be compared.
fn arrived(imported: &Imported) {
    let Imported { hearing, office, number, signer, seal: (ed25519, sm2), was_here, recordings_added } =
        imported;
    if *recordings_added {
        say(&format!(
            "该听证已在本院，本次补入了录音录像。  {hearing} is here already; its recordings were added."
        ));
    } else if *was_here {
        say(&format!(
            "该听证已在本院，封存记录相同，未作变更。  {hearing} is here already, with the same seal; nothing was changed."
        ));
    } else {
        say(&format!("✓ 已导入“{office}”的听证 {number}（{hearing}）。  Imported."));
    }
    say(&format!("导出签名 signed by Ed25519 {signer}"));
    say(&format!("封存密钥 sealed by Ed25519 {ed25519}, SM2 {sm2}"));
    say("请与对方公布的指纹核对。  Please compare with the fingerprints that the other office published.");
}

fn open(given: &clap::ArgMatches) -> ExitCode {
    let (config, runtime) = match ready(given) {
        Ok(ready) => ready,
        Err(error) => return unusable(&error),
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
    let typed = |name: &str, read: fn(&str) -> Option<Published>| match given.get_one::<String>(name) {
        Some(text) => read(text).map(Some),
        None => Some(None),
    };
    let keys = typed("key", Published::ed25519).zip(typed("sm2-key", Published::sm2));
    let Some((ed25519, sm2)) = keys else {
        return unusable("公钥或者指纹无法识别。 A key or fingerprint cannot be read.");
    };
    let expected = Expected { ed25519, sm2 };
    let recordings = given.get_one::<PathBuf>("recordings").map(PathBuf::as_path);
    let stamp = given.get_one::<PathBuf>("stamp").zip(given.get_one::<PathBuf>("stamp-certificates"));
    let stamp = stamp.map(|(reply, certificates)| verify::Stamp { reply, certificates });
    match verify::verify(file, &expected, recordings, stamp) {
        Ok(checked) => {
            for line in &checked.lines {
                say(line);
            }
            ExitCode::from(u8::from(!checked.holds))
        }
        Err(error) => unusable(&format!("{}: {error}", file.display())),
    }
}

fn replace(given: &clap::ArgMatches) -> ExitCode {
    let Some(data) = given.get_one::<PathBuf>("data") else {
        return ExitCode::from(UNUSABLE);
    };
    // The folder is held meanwhile, so that no server seals with the old keys.
    match server::site::take_folder(data).and_then(|folder| Ok((key::replace(data)?, folder))) {
        Ok(((old, new), _folder)) => {
            for (what, keys) in [("旧密钥 old", old), ("新密钥 new", new)] {
                let (ed25519, sm2) = (keys.ed25519, keys.sm2);
                say(&format!("{what}: Ed25519 {ed25519} ({})", ed25519.fingerprint()));
                say(&format!("{what}: SM2 {sm2} ({})", sm2.fingerprint()));
            }
            ExitCode::SUCCESS
        }
        Err(error) => unusable(&error.to_string()),
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
