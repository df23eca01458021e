//! Letters by a mail server (SMTP), always encrypted unless the server is on the same machine.

use std::time::{Duration, SystemTime};

use lettre::{
    AsyncSmtpTransport, AsyncTransport, Message as Letter, Tokio1Executor,
    message::{Attachment, Mailbox, MultiPart, SinglePart, header::ContentType},
    transport::smtp::authentication::Credentials,
};
use procedure::Moment;

use super::{
    Because,
    carrier::{Body, Carried, Carrier, Message, Receipt, Undelivered},
};
use crate::{
    Error,
    config::post::{MailServer, is_here},
};

/// A mail server.
#[derive(Debug)]
pub struct Mail {
    transport: AsyncSmtpTransport<Tokio1Executor>,
    patience: Duration,
}

impl Mail {
    /// The mail server of the set-up.
    ///
    /// # Errors
    /// When its address cannot be used.
    pub fn open(server: &MailServer, patience: Duration) -> Result<Self, Error> {
        type Smtp = AsyncSmtpTransport<Tokio1Executor>;
        let bad = |error: lettre::transport::smtp::Error| Error::Config(format!("mail-server: {error}"));
        let address = &server.address;
        let host = address.host_str().unwrap_or_default().trim_matches(['[', ']']);
        let here = is_here(address);
        let builder = match address.scheme() {
            "smtps" => Smtp::relay(host).map_err(bad)?,
            // What goes over a network is encrypted, or does not go.
            _ if !here => Smtp::starttls_relay(host).map_err(bad)?,
            _ => Smtp::builder_dangerous(host).port(25),
        };
        let builder = match address.port() {
            Some(port) => builder.port(port),
            None => builder,
        };
        let user = address.username();
        let builder = match &server.password {
            Some(password) if !user.is_empty() => {
                let user = percent_decoded(user);
                builder.credentials(Credentials::new(user, password.clone()))
            }
            _ => builder,
        };
        Ok(Self { transport: builder.timeout(Some(patience)).build(), patience })
    }

    async fn give(&self, letter: &Letter) -> Result<Receipt, Undelivered> {
        // The transport's own patience ends with the connection; a server that says nothing more holds nobody up.
        let sent = tokio::time::timeout(self.patience, self.transport.send(letter.clone())).await;
        match sent.map_err(|_| Undelivered::new(Because::Later, "timeout"))? {
            Ok(answer) => Ok(Receipt(nameless(answer.message().next().unwrap_or_default()))),
            Err(error) => Err(failed(&error)),
        }
    }
}

impl Carrier for Mail {
    fn name(&self) -> &'static str {
        "mail-server"
    }

    fn send<'a>(&'a self, message: &'a Message) -> Carried<'a> {
        Box::pin(async {
            match &message.body {
                Body::Mail(letter) => self.give(letter).await,
                Body::Sms(_) => Err(Undelivered::new(Because::Refused, "no letter")),
            }
        })
    }
}

/// What a failed try says. The words of a server may hold the address; what is kept says only which status it was.
fn failed(error: &lettre::transport::smtp::Error) -> Undelivered {
    let because = if error.is_permanent() { Because::Refused } else { Because::Later };
    match error.status() {
        Some(status) => Undelivered::new(because, &status.to_string()),
        None if error.is_timeout() => Undelivered::new(because, "timeout"),
        None if error.is_tls() => Undelivered::new(because, "tls"),
        None => Undelivered::new(because, "not reached"),
    }
}

/// What a server said when it took a letter, without any address.
fn nameless(said: &str) -> String {
    let words = said.split_whitespace().filter(|word| !word.contains('@'));
    words.collect::<Vec<_>>().join(" ").chars().take(200).collect()
}

/// `user%40example.com` as the server wants it.
fn percent_decoded(user: &str) -> String {
    let mut bytes = Vec::with_capacity(user.len());
    let mut rest = user.as_bytes();
    while let [first, others @ ..] = rest {
        let hex = match (first, others) {
            (b'%', [a, b, ..]) => {
                std::str::from_utf8(&[*a, *b]).ok().and_then(|hex| u8::from_str_radix(hex, 16).ok())
            }
            _ => None,
        };
        bytes.push(hex.unwrap_or(*first));
        rest = if hex.is_some() { &others[2..] } else { others };
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

/// What a letter is put together from.
#[derive(Clone, Debug)]
pub struct Parts<'a> {
    /// Id of the delivery.
    pub id: &'a str,
    /// Name of the host in the id of the letter.
    pub host: &'a str,
    /// From whom, as people read it, and from which address.
    pub from: (&'a str, &'a str),
    /// To whom, and to which address.
    pub to: (&'a str, &'a str),
    /// The line above it.
    pub subject: &'a str,
    /// As plain text.
    pub text: String,
    /// As a page.
    pub html: String,
    /// The paper, and what its file is called.
    pub paper: Option<(String, Vec<u8>)>,
    /// The calendar file, and whether it takes the day away.
    pub calendar: Option<(String, bool)>,
    /// When it was written.
    pub at: Moment,
}

/// Puts a letter together.
///
/// # Errors
/// When an address can be none.
pub fn written(parts: Parts<'_>) -> Result<Letter, Error> {
    let bad = |why: String| Error::Paper(format!("letter: {why}"));
    let mailbox = |(name, address): (&str, &str)| -> Result<Mailbox, Error> {
        let address = address.parse().map_err(|_| bad("address".into()))?;
        Ok(Mailbox::new(Some(name.chars().filter(|sign| !sign.is_control()).collect()), address))
    };
    let mut body = MultiPart::mixed().multipart(MultiPart::alternative_plain_html(parts.text, parts.html));
    if let Some((name, bytes)) = parts.paper {
        let kind = ContentType::parse("application/pdf").map_err(|error| bad(error.to_string()))?;
        body = body.singlepart(Attachment::new(name).body(bytes, kind));
    }
    if let Some((calendar, cancels)) = parts.calendar {
        body = body.singlepart(day(calendar, cancels)?);
    }
    let since = u64::try_from(parts.at.0).unwrap_or_default();
    Letter::builder()
        .message_id(Some(format!("<{}@{}>", parts.id, parts.host)))
        .date(SystemTime::UNIX_EPOCH + Duration::from_millis(since))
        .from(mailbox(parts.from)?)
        .to(mailbox(parts.to)?)
        .subject(parts.subject)
        .multipart(body)
        .map_err(|error| bad(error.to_string()))
}

fn day(calendar: String, cancels: bool) -> Result<SinglePart, Error> {
    let method = if cancels { "CANCEL" } else { "REQUEST" };
    let kind = ContentType::parse(&format!("text/calendar; charset=utf-8; method={method}"))
        .map_err(|error| Error::Paper(format!("letter: {error}")))?;
    Ok(Attachment::new("hearing.ics".into()).body(calendar, kind))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_letter_keeps_its_id_and_nobody_writes_lines_into_its_head() {
        let parts = Parts {
            id: "d1",
            host: "tingzheng.example",
            from: ("某市人民检察院", "court@example.gov.cn"),
            to: ("陈某\r\nBcc: x@y.example", "chen@example.com"),
            subject: "通知\r\nBcc: x@y.example",
            text: "听证".into(),
            html: "<p>听证</p>".into(),
            paper: Some(("notice.pdf".into(), b"%PDF-1.7".to_vec())),
            calendar: Some(("BEGIN:VCALENDAR\r\n".into(), false)),
            at: Moment(0),
        };
        let text = String::from_utf8(written(parts.clone()).unwrap().formatted()).unwrap();
        assert!(text.contains("Message-ID: <d1@tingzheng.example>"), "{text}");
        let head = text.split("\r\n\r\n").next().unwrap();
        assert!(!head.lines().any(|line| line.starts_with("Bcc")), "{head}");
        assert!(text.contains("notice.pdf") && text.contains("method=REQUEST"));
        let wrong = Parts { to: ("x", "no address"), ..parts };
        assert!(written(wrong).is_err());
    }

    #[test]
    fn what_a_server_said_is_kept_without_the_address() {
        assert_eq!(nameless("2.0.0 taken for <chen@example.com> as 7F3"), "2.0.0 taken for as 7F3");
    }

    #[test]
    fn a_name_to_sign_in_with_may_be_an_address() {
        assert_eq!(percent_decoded("court%40example.gov.cn"), "court@example.gov.cn");
        assert_eq!(percent_decoded("100%"), "100%");
    }
}
