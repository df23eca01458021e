//! What the proof of service (送达回证) is filled with: each delivery of a paper to one seat, in words.

use std::sync::Arc;

use papers::{Form, Served};
use procedure::SeatId;

use super::{Because, Delivery, Note, State, What};
use crate::{Failure, Site};

impl Site {
    /// What was served on a seat, the first first.
    ///
    /// # Errors
    /// When the log cannot be read.
    pub async fn served(
        self: &Arc<Self>,
        hearing: &str,
        seat: Option<&SeatId>,
    ) -> Result<Vec<Served>, Failure> {
        let Some(seat) = seat else { return Ok(Vec::new()) };
        // Whoever sat there before had papers of their own.
        let view = self.rooms.office_view(hearing).await?;
        let name = view.get().plan.names.get(seat).map(|name| name.name.clone());
        let book = self.deliveries.book(hearing).await?;
        let own = book.of(seat).filter(|delivery| Some(&delivery.name) == name.as_ref());
        Ok(own.filter_map(served).collect())
    }
}

fn served(delivery: &Delivery) -> Option<Served> {
    let What::Paper { form, number, version, .. } = &delivery.what else { return None };
    let last = delivery.notes.last();
    let remarks = delivery.notes.iter().map(|note| note.remark.as_str()).chain(delivery.withdrawn.as_deref());
    let mut remarks: Vec<&str> = remarks.filter(|remark| !remark.is_empty()).collect();
    if delivery.resumed {
        remarks.push("发送时系统中断，以同一编号重新发送");
    }
    Some(Served {
        paper: Form::named(form).map_or(form.as_str(), |form| form.words().0).into(),
        number: number.clone(),
        version: version.clone(),
        way: delivery.way.words().0.into(),
        address: delivery.address.clone().unwrap_or_default(),
        sender: delivery.by.clone().unwrap_or_default(),
        carrier: carrier(delivery),
        tries: delivery.tries,
        sent: delivery.sent,
        delivered: delivery.delivered,
        read: delivery.read,
        acknowledged: delivery.acknowledged,
        received_by: last.map(|note| note.to.clone()).unwrap_or_default(),
        failures: delivery
            .failures
            .iter()
            .map(|failed| (failed.at, because(failed.because).into()))
            .collect(),
        state: state(delivery).into(),
        remark: remarks.join("；"),
        withdrawn: delivery.withdrawn.is_some(),
    })
}

/// Who carried it: a machine by its name, else whoever of the staff noted it.
fn carrier(delivery: &Delivery) -> String {
    match delivery.carrier.as_deref() {
        Some("outbox") => "发件箱，由本院转发".into(),
        Some("mail-server") => "邮件服务器".into(),
        Some("sms-gateway") => "短信网关".into(),
        Some(other) => other.into(),
        None => {
            let carried = delivery.notes.iter().find(|note| note.note != Note::Returned);
            carried.map(|note| note.by.clone()).unwrap_or_default()
        }
    }
}

const fn because(because: Because) -> &'static str {
    match because {
        Because::Later => "对方系统暂时不可用",
        Because::Refused => "对方系统拒收",
        Because::OutboxFull => "发件箱已满",
        Because::NoAddress => "没有可用的地址或者未同意电子送达",
        Because::Machine => "本院系统故障",
    }
}

fn state(delivery: &Delivery) -> &'static str {
    match delivery.state {
        State::Queued | State::Sending => "待发出",
        State::Sent if delivery.carrier.as_deref() == Some("outbox") => "已放入发件箱",
        State::Sent => "已发出",
        State::Delivered => "已送交",
        State::Read => "已查阅",
        State::Acknowledged => "已确认收到",
        State::Failed => "未能发出",
        State::Returned => "退回或者拒收",
        State::Withdrawn => "已撤回",
    }
}
