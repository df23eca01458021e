//! The verbs of the mediation. This server does not offer them yet; what they ask of the room will stand here.

use crate::rehearse::script::Verb;

/// Whether a verb belongs to the mediation.
#[must_use]
pub const fn is_mediation(verb: Verb) -> bool {
    matches!(
        verb,
        Verb::OpenMediation
            | Verb::EndMediation
            | Verb::Consent
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
