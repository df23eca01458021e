//! Text messages by a gateway of the office: each is sent by POST as `{"id": …, "to": …, "text": …}`. Any status of 200 to
//! 299 means that it was taken; 408, 425, 429 and 500 to 599 that it is to be tried again; others that it never will be.

use std::time::Duration;

use reqwest::{Client, StatusCode, redirect::Policy};
use serde_json::json;

use super::{
    Because,
    carrier::{Body, Carried, Carrier, Message, Receipt, Undelivered},
};
use crate::{Error, config::post::Gateway};

/// A gateway for text messages.
#[derive(Debug)]
pub struct Sms {
    client: Client,
    gateway: Gateway,
}

impl Sms {
    /// The gateway of the set-up.
    ///
    /// # Errors
    /// When this machine can call none.
    pub fn open(gateway: &Gateway, patience: Duration) -> Result<Self, Error> {
        // A number is told to the gateway and to nobody it points at.
        let client = Client::builder().timeout(patience).redirect(Policy::none()).build();
        let client = client.map_err(|error| Error::Config(format!("sms-url: {error}")))?;
        Ok(Self { client, gateway: gateway.clone() })
    }

    async fn give(&self, message: &Message, text: &str) -> Result<Receipt, Undelivered> {
        let body = json!({"id": message.id, "to": message.to, "text": text}).to_string();
        let request =
            self.client.post(self.gateway.address.clone()).header("content-type", "application/json");
        let request = match &self.gateway.token {
            Some(token) => request.bearer_auth(token),
            None => request,
        };
        // The words of an error may hold the address; what is kept says only what kind it was.
        let answer = request.body(body).send().await.map_err(|error| {
            let said = if error.is_timeout() { "timeout" } else { "not reached" };
            Undelivered::new(Because::Later, said)
        })?;
        let status = answer.status();
        if status.is_success() {
            return Ok(Receipt(status.as_u16().to_string()));
        }
        let later = status.is_server_error()
            || matches!(
                status,
                StatusCode::REQUEST_TIMEOUT | StatusCode::TOO_EARLY | StatusCode::TOO_MANY_REQUESTS
            );
        Err(Undelivered::new(if later { Because::Later } else { Because::Refused }, status.as_str()))
    }
}

impl Carrier for Sms {
    fn name(&self) -> &'static str {
        "sms-gateway"
    }

    fn send<'a>(&'a self, message: &'a Message) -> Carried<'a> {
        Box::pin(async {
            match &message.body {
                Body::Sms(text) => self.give(message, text).await,
                Body::Mail(_) => Err(Undelivered::new(Because::Refused, "no text message")),
            }
        })
    }
}
