//! The verbs of the mediation. This server does not offer them yet; what they ask of the room will stand here.

use crate::rehearse::script::{Step, Verb};

/// What else than a mediation a party can consent to.
const REMOTE: &str = "remote";

/// Whether a step belongs to the mediation.
#[must_use]
pub fn is_mediation(step: &Step) -> bool {
    if step.verb == Verb::Consent {
        return step.to.as_deref() != Some(REMOTE);
    }
    matches!(
        step.verb,
        Verb::OpenMediation
            | Verb::EndMediation
            | Verb::Caucus
            | Verb::Confide
            | Verb::Offer
            | Verb::AcceptOffer
            | Verb::RejectOffer
            | Verb::Propose
            | Verb::AnswerProposal
            | Verb::Bid
            | Verb::DraftAgreement
            | Verb::SignAgreement
    )
}
