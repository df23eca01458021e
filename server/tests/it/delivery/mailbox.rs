//! A mail server for tests: takes letters as SMTP asks, or says what it is told to say; and a reader of letters.

use std::{
    collections::VecDeque,
    sync::{Arc, Mutex},
};

use base64::{Engine, engine::general_purpose::STANDARD};
use server::config::post::{MailServer, Post};
use tokio::{
    io::{AsyncBufReadExt, AsyncWriteExt, BufReader},
    net::{TcpListener, TcpStream},
};

/// A mail server on a free port.
#[derive(Clone, Default)]
pub(crate) struct Mailbox {
    port: u16,
    letters: Arc<Mutex<Vec<String>>>,
    answers: Arc<Mutex<VecDeque<&'static str>>>,
    silent: bool,
}

impl Mailbox {
    /// Opens it. `answers` are what it says at the end of each letter, one after the other; then it takes them.
    pub(crate) async fn open(answers: &[&'static str]) -> Self {
        Self::opened(answers, false).await
    }

    /// Opens one that lets people come and never says a word.
    pub(crate) async fn silent() -> Self {
        Self::opened(&[], true).await
    }

    async fn opened(answers: &[&'static str], silent: bool) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let mailbox = Self {
            port,
            silent,
            answers: Arc::new(Mutex::new(answers.iter().copied().collect())),
            ..Self::default()
        };
        let own = mailbox.clone();
        tokio::spawn(async move {
            while let Ok((socket, _)) = listener.accept().await {
                tokio::spawn(own.clone().talk(socket));
            }
        });
        mailbox
    }

    /// The set-up of a server that sends its letters here.
    pub(crate) fn post(&self) -> Post {
        let address = format!("smtp://127.0.0.1:{}", self.port).parse().unwrap();
        let mail = MailServer { address, password: None, from: "court@example.gov.cn".into() };
        Post { mail: Some(mail), ..Post::default() }
    }

    /// What it was given, taken or not.
    pub(crate) fn letters(&self) -> Vec<String> {
        self.letters.lock().unwrap().clone()
    }

    async fn talk(self, socket: TcpStream) {
        let (read, mut write) = socket.into_split();
        let mut lines = BufReader::new(read).lines();
        if self.silent {
            // Until the other side has gone.
            while let Ok(Some(_)) = lines.next_line().await {}
            return;
        }
        write.write_all(b"220 mailbox\r\n").await.unwrap();
        while let Ok(Some(line)) = lines.next_line().await {
            let answer = match line.split(' ').next().unwrap_or_default().to_uppercase().as_str() {
                "EHLO" | "HELO" => "250-mailbox\r\n250 8BITMIME",
                "DATA" => {
                    write.write_all(b"354 go on\r\n").await.unwrap();
                    let mut letter = String::new();
                    while let Ok(Some(line)) = lines.next_line().await {
                        if line == "." {
                            break;
                        }
                        letter.push_str(line.strip_prefix('.').unwrap_or(&line));
                        letter.push_str("\r\n");
                    }
                    self.letters.lock().unwrap().push(letter);
                    self.answers.lock().unwrap().pop_front().unwrap_or("250 taken as 7")
                }
                "QUIT" => {
                    let _ = write.write_all(b"221 bye\r\n").await;
                    return;
                }
                _ => "250 well",
            };
            if write.write_all(format!("{answer}\r\n").as_bytes()).await.is_err() {
                return;
            }
        }
    }
}

/// A part of a letter: its head, and what it says.
pub(crate) struct Part {
    pub(crate) head: String,
    pub(crate) bytes: Vec<u8>,
}

impl Part {
    pub(crate) fn text(&self) -> String {
        String::from_utf8(self.bytes.clone()).expect("text")
    }
}

/// The value of a line of a head, unfolded.
pub(crate) fn headed(letter: &str, name: &str) -> String {
    let head = letter.split("\r\n\r\n").next().unwrap().replace("\r\n ", " ").replace("\r\n\t", " ");
    let line = head.split("\r\n").find_map(|line| line.strip_prefix(&format!("{name}: ")));
    line.unwrap_or_else(|| panic!("no {name}: {head}")).to_string()
}

/// Every part of a letter that holds no other parts.
pub(crate) fn parts(letter: &str) -> Vec<Part> {
    let (head, body) = letter.split_once("\r\n\r\n").expect("a head");
    let flat = head.replace("\r\n ", " ").replace("\r\n\t", " ");
    if let Some(at) = flat.find("boundary=\"") {
        let rest = &flat[at + "boundary=\"".len()..];
        let boundary = format!("--{}", &rest[..rest.find('"').expect("its end")]);
        return body
            .split(&boundary)
            .skip(1)
            .filter(|part| !part.starts_with("--"))
            .flat_map(|part| parts(part.strip_prefix("\r\n").unwrap_or(part)))
            .collect();
    }
    let lower = flat.to_lowercase();
    let bytes = if lower.contains("content-transfer-encoding: base64") {
        let packed: String = body.split_whitespace().collect();
        STANDARD.decode(packed).expect("base64")
    } else if lower.contains("content-transfer-encoding: quoted-printable") {
        unquoted(body)
    } else {
        body.into()
    };
    vec![Part { head: flat, bytes }]
}

fn unquoted(body: &str) -> Vec<u8> {
    let joined = body.replace("=\r\n", "");
    let mut rest = joined.as_bytes();
    let mut bytes = Vec::new();
    while let [first, others @ ..] = rest {
        if let (b'=', [a, b, more @ ..]) = (first, others) {
            let hex = std::str::from_utf8(&[*a, *b]).unwrap().to_string();
            bytes.push(u8::from_str_radix(&hex, 16).expect("hexadecimal"));
            rest = more;
        } else {
            bytes.push(*first);
            rest = others;
        }
    }
    bytes
}
