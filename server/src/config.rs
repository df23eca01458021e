//! How this server is set up: where it listens, where it keeps things, and every limit with its unit.
//!
//! A value comes from the command line, else from the environment (`FENGQIAO_…`), else from the configuration file
//! (TOML), else from the default that `--help` names.

use std::{
    net::{IpAddr, SocketAddr},
    path::PathBuf,
};

use clap::{ArgMatches, Args, parser::ValueSource};
use serde::Deserialize;

use crate::{Error, recording::Shelf};

mod limits;
pub mod post;

pub use limits::Limits;
pub use post::Post;

/// Where the server listens when nothing else is said.
const LISTEN: &str = "127.0.0.1:3000";
/// Where it keeps its data when nothing else is said.
const DATA: &str = "data";
/// The office's name when nothing else is said.
const OFFICE: &str = "人民检察院";
/// The telephone number for questions when nothing else is said: the one of all procuratorates.
const PHONE: &str = "12309";

/// The set-up of a server.
#[derive(Clone, Debug)]
pub struct Config {
    /// Address and port of the socket.
    pub listen: SocketAddr,
    /// Folder of the database, the files and the keys.
    pub data: PathBuf,
    /// The address by which people reach the server, such as `https://tingzheng.example`. Links are made with it.
    pub public: String,
    /// Address and port (UDP) of the video link; none where there is to be none.
    pub media: Option<SocketAddr>,
    /// Address and port (TCP) of the video link, for whom no UDP gets through to; none where there is to be none.
    pub media_tcp: Option<SocketAddr>,
    /// Addresses by which people reach the video link, where they are not that of `media`.
    pub media_public: Vec<IpAddr>,
    /// Addresses of the office's TURN server, such as `turn:turn.example:3478`; none where there is none.
    pub turn_urls: Vec<String>,
    /// File of the secret that this server and the TURN server know.
    pub turn_secret: Option<PathBuf>,
    /// Name of the office, as its public notices name it.
    pub office: String,
    /// Telephone number for questions, as the public notices name it.
    pub phone: String,
    /// Other origins whose pages may open a room or act with a session.
    pub origins: Vec<String>,
    /// Whether a proxy in front tells the address of the caller (`X-Forwarded-For`).
    pub behind_proxy: bool,
    /// Folder of the pages' static files, if they are served from here.
    pub site: Option<PathBuf>,
    /// Folder of the site's own wordings of papers, which count before those of the program, its letterhead and its seal; none
    /// where it has none.
    pub forms: Option<PathBuf>,
    /// File of the authorities whose certificates count in a signature, PEM; without it those of nobody do.
    pub signature_authorities: Option<PathBuf>,
    /// Folders of the fonts that papers are set in.
    pub fonts: Vec<PathBuf>,
    /// Address of the authority that stamps seals (RFC 3161); none where there is none.
    pub stamp_authority: Option<String>,
    /// File of the root certificates that its answers are checked with, PEM.
    pub stamp_certificates: Option<PathBuf>,
    /// File of the office's own classes of retention; none where it has none.
    pub retention: Option<PathBuf>,
    /// By what letters and text messages go out.
    pub post: Post,
    /// The program that reads PDFs in a process of its own; none where it is the one that runs.
    pub program: Option<PathBuf>,
    /// Whether a demonstration office is made.
    pub demo: bool,
    /// Limits.
    pub limits: Limits,
}

/// Options of the command line and the environment that belong to [`Config`].
#[derive(Args, Clone, Debug, Default)]
pub struct Flags {
    /// 监听地址和端口，默认 127.0.0.1:3000。 Address and port to listen on.
    #[arg(long, env = "FENGQIAO_LISTEN", value_name = "IP:PORT")]
    pub listen: Option<SocketAddr>,
    /// 数据文件夹，默认 ./data。 Folder of database, files and keys.
    #[arg(long, env = "FENGQIAO_DATA", value_name = "DIR")]
    pub data: Option<PathBuf>,
    /// 对外网址，用于生成链接，默认 `http://监听地址`。 Address by which people reach the server; links are made with it.
    #[arg(long, env = "FENGQIAO_PUBLIC", value_name = "URL")]
    pub public: Option<String>,
    /// 视频连线的监听地址和端口（UDP），不写则不开通。 Address and port (UDP) of the video link; without it there is none.
    #[arg(long, env = "FENGQIAO_MEDIA", value_name = "IP:PORT")]
    pub media: Option<SocketAddr>,
    /// 视频连线的 TCP 监听地址和端口，供不放行 UDP 的网络使用，不写则不开通。 Address and port (TCP) of the video link, for networks that let no UDP through; without it there is none.
    #[arg(long, env = "FENGQIAO_MEDIA_TCP", value_name = "IP:PORT")]
    pub media_tcp: Option<SocketAddr>,
    /// 参加人访问视频连线所用的 IP 地址，可重复；监听 0.0.0.0 时必须写明。 IP address by which people reach the video link; may be repeated; needed with 0.0.0.0.
    #[arg(long, env = "FENGQIAO_MEDIA_PUBLIC", value_name = "IP", value_delimiter = ',')]
    pub media_public: Vec<IpAddr>,
    /// 本院 TURN 中继服务器的地址，可重复。 Address of the office's TURN server; may be repeated.
    #[arg(long, env = "FENGQIAO_TURN_URLS", value_name = "URL", value_delimiter = ',')]
    pub turn_urls: Vec<String>,
    /// 与 TURN 服务器共用的密钥所在文件。 File of the secret that this server and the TURN server know.
    #[arg(long, env = "FENGQIAO_TURN_SECRET", value_name = "FILE")]
    pub turn_secret: Option<PathBuf>,
    /// 本院名称，写入公告，默认“人民检察院”。 Name of the office, as its public notices name it.
    #[arg(long, env = "FENGQIAO_OFFICE", value_name = "NAME")]
    pub office: Option<String>,
    /// 咨询电话，写入公告，默认 12309。 Telephone number for questions.
    #[arg(long, env = "FENGQIAO_PHONE", value_name = "NUMBER")]
    pub phone: Option<String>,
    /// 另外允许的网页来源，可重复。 Another origin whose pages may act; may be repeated.
    #[arg(long = "origin", env = "FENGQIAO_ORIGIN", value_name = "ORIGIN", value_delimiter = ',')]
    pub origins: Vec<String>,
    /// 前面有反向代理，来访地址取自 X-Forwarded-For。 A proxy in front names the caller in X-Forwarded-For.
    #[arg(long, env = "FENGQIAO_BEHIND_PROXY")]
    pub behind_proxy: bool,
    /// 网页静态文件所在文件夹，默认取程序旁或者编译所得的 site。 Folder of the pages' static files; else `site` beside the program.
    #[arg(long, env = "FENGQIAO_SITE", value_name = "DIR")]
    pub site: Option<PathBuf>,
    /// 本院自己的文书样式、版头和公章图片所在文件夹，同名的替代程序自带的。 Folder of the site's own wordings of papers, letterhead and seal; those of the same name count.
    #[arg(long, env = "FENGQIAO_FORMS", value_name = "DIR")]
    pub forms: Option<PathBuf>,
    /// 本院认可的电子认证机构证书文件（PEM），用于核验数字证书签名。 File (PEM) of the certificate authorities that count in signatures by certificate.
    #[arg(long, env = "FENGQIAO_SIGNATURE_AUTHORITIES", value_name = "FILE")]
    pub signature_authorities: Option<PathBuf>,
    /// 文书所用字体所在文件夹，可重复，默认为系统字体文件夹。 Folder of the fonts that papers are set in; may be repeated; else those of the system.
    #[arg(long, env = "FENGQIAO_FONTS", value_name = "DIR", value_delimiter = ',')]
    pub fonts: Vec<PathBuf>,
    /// 可信时间戳机构的地址（RFC 3161），封存后请其签发时间戳，不写则不签发。 Address of the authority that stamps seals; without it there are no stamps.
    #[arg(long, env = "FENGQIAO_STAMP_AUTHORITY", value_name = "URL")]
    pub stamp_authority: Option<String>,
    /// 时间戳机构根证书文件（PEM）。 File of the authority's root certificates (PEM).
    #[arg(long, env = "FENGQIAO_STAMP_CERTIFICATES", value_name = "FILE")]
    pub stamp_certificates: Option<PathBuf>,
    /// 本院自己的保管期限表（TOML），替代程序自带的。 File of the office's own classes of retention (TOML).
    #[arg(long, env = "FENGQIAO_RETENTION", value_name = "FILE")]
    pub retention: Option<PathBuf>,
    #[command(flatten)]
    pub post: post::PostFlags,
    /// 建立演示单位、名册和一次听证，并打印登录信息和各席位链接。 Makes a demonstration office and prints its links.
    #[arg(long)]
    pub demo: bool,
    /// 配置文件（TOML）。 Configuration file (TOML).
    #[arg(long, env = "FENGQIAO_CONFIG", value_name = "FILE")]
    pub config: Option<PathBuf>,
}

/// The configuration file.
#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
struct File {
    listen: Option<SocketAddr>,
    data: Option<PathBuf>,
    public: Option<String>,
    media: Option<SocketAddr>,
    media_tcp: Option<SocketAddr>,
    media_public: Vec<IpAddr>,
    turn_urls: Vec<String>,
    turn_secret: Option<PathBuf>,
    office: Option<String>,
    phone: Option<String>,
    origins: Vec<String>,
    behind_proxy: bool,
    site: Option<PathBuf>,
    forms: Option<PathBuf>,
    signature_authorities: Option<PathBuf>,
    fonts: Vec<PathBuf>,
    stamp_authority: Option<String>,
    stamp_certificates: Option<PathBuf>,
    retention: Option<PathBuf>,
    mail_server: Option<String>,
    mail_from: Option<String>,
    mail_password_file: Option<PathBuf>,
    sms_url: Option<String>,
    sms_token_file: Option<PathBuf>,
    reminder_hours: Vec<u64>,
    limits: std::collections::BTreeMap<String, u64>,
}

impl Config {
    /// Where the recordings lie.
    #[must_use]
    pub fn recordings(&self) -> Shelf {
        Shelf::new(self.data.join("recordings"))
    }

    /// Puts together flags, environment, file and defaults. `given` holds the limits named on the command line.
    ///
    /// # Errors
    /// When the file cannot be read or says something that is not known.
    pub fn from_flags(flags: Flags, given: &ArgMatches) -> Result<Self, Error> {
        let file = flags.config.as_deref().map(read).transpose()?.unwrap_or_default();
        let mut limits = Limits::default();
        for (name, value) in &file.limits {
            if !limits.set(name, *value) {
                return Err(Error::Config(format!("limits.{name}")));
            }
        }
        for limit in Limits::TABLE {
            let told =
                given.value_source(limit.name).is_some_and(|source| source != ValueSource::DefaultValue);
            if let (true, Some(value)) = (told, given.get_one::<u64>(limit.name)) {
                limits.set(limit.name, *value);
            }
        }
        limits.check()?;
        let listen = flags.listen.or(file.listen).map_or_else(|| LISTEN.parse(), Ok);
        let listen = listen.map_err(|_| Error::Config("listen".into()))?;
        let (media, media_tcp) = (flags.media.or(file.media), flags.media_tcp.or(file.media_tcp));
        // TCP is the second way of a video link that there is.
        if media_tcp.is_some() && media.is_none() {
            return Err(Error::Config("media-tcp: media?".into()));
        }
        let post = flags.post.or(post::PostFlags {
            mail_server: file.mail_server,
            mail_from: file.mail_from,
            mail_password_file: file.mail_password_file,
            sms_url: file.sms_url,
            sms_token_file: file.sms_token_file,
            reminder_hours: file.reminder_hours,
        });
        let public = flags.public.or(file.public).unwrap_or_else(|| format!("http://{listen}"));
        Ok(Self {
            listen,
            data: flags.data.or(file.data).unwrap_or_else(|| DATA.into()),
            public: public.trim_end_matches('/').into(),
            media,
            media_tcp,
            media_public: if flags.media_public.is_empty() { file.media_public } else { flags.media_public },
            turn_urls: if flags.turn_urls.is_empty() { file.turn_urls } else { flags.turn_urls },
            turn_secret: flags.turn_secret.or(file.turn_secret),
            office: flags.office.or(file.office).unwrap_or_else(|| OFFICE.into()),
            phone: flags.phone.or(file.phone).unwrap_or_else(|| PHONE.into()),
            origins: if flags.origins.is_empty() { file.origins } else { flags.origins },
            behind_proxy: flags.behind_proxy || file.behind_proxy,
            site: flags.site.or(file.site).or_else(crate::pages::found),
            forms: flags.forms.or(file.forms),
            signature_authorities: flags.signature_authorities.or(file.signature_authorities),
            fonts: Some(if flags.fonts.is_empty() { file.fonts } else { flags.fonts })
                .filter(|folders| !folders.is_empty())
                .unwrap_or_else(fonts_of_the_system),
            stamp_authority: flags.stamp_authority.or(file.stamp_authority),
            stamp_certificates: flags.stamp_certificates.or(file.stamp_certificates),
            retention: flags.retention.or(file.retention),
            post: post.read()?,
            program: None,
            demo: flags.demo,
            limits,
        })
    }

    /// A server on a port of the system's choice with its data in `folder`, for tests.
    #[must_use]
    pub fn local(folder: PathBuf) -> Self {
        Self {
            listen: SocketAddr::from(([127, 0, 0, 1], 0)),
            data: folder,
            public: "http://127.0.0.1".into(),
            media: None,
            media_tcp: None,
            media_public: Vec::new(),
            turn_urls: Vec::new(),
            turn_secret: None,
            office: OFFICE.into(),
            phone: PHONE.into(),
            origins: Vec::new(),
            behind_proxy: false,
            site: None,
            forms: None,
            signature_authorities: None,
            fonts: fonts_of_the_system(),
            stamp_authority: None,
            stamp_certificates: None,
            retention: None,
            post: Post::default(),
            program: None,
            demo: false,
            limits: Limits::default(),
        }
    }

    /// Whether people come by an encrypted address.
    #[must_use]
    pub fn is_https(&self) -> bool {
        self.public.starts_with("https://")
    }
}

/// Where machines keep their fonts.
fn fonts_of_the_system() -> Vec<PathBuf> {
    [
        "/usr/share/fonts",
        "/usr/local/share/fonts",
        "C:/Windows/Fonts",
        "/System/Library/Fonts",
        "/Library/Fonts",
    ]
    .map(PathBuf::from)
    .into()
}

fn read(file: &std::path::Path) -> Result<File, Error> {
    let text = std::fs::read_to_string(file)
        .map_err(|error| Error::Config(format!("{}: {error}", file.display())))?;
    toml::from_str(&text).map_err(|error| Error::Config(format!("{}: {error}", file.display())))
}
