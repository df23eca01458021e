//! Which person of the pool sits in which panellist's seat. A seat has a name and a post and no id of the pool, so of two
//! people of one name it is told only where it is certain.

use procedure::{Capacity, SeatId, hearing::plan::Plan};

use crate::office::pool::Panellist;

/// Those who may be the one that sits there: of that name and post; where nobody is, the only one of that name, whose
/// post was changed since.
fn candidates<'a>(plan: &Plan, seat: &SeatId, people: &'a [Panellist]) -> Vec<&'a Panellist> {
    let panellist = plan.capacity(seat) == Some(Capacity::Panellist);
    let Some(name) = plan.names.get(seat).filter(|_| panellist) else { return Vec::new() };
    let namesakes: Vec<&Panellist> = people.iter().filter(|person| person.name == name.name).collect();
    let exact = |person: &&&Panellist| name.post.as_ref() == Some(&person.post);
    match namesakes.iter().filter(exact).copied().collect::<Vec<_>>() {
        none if none.is_empty() && namesakes.len() == 1 => namesakes,
        found => found,
    }
}

/// Those drawn, by their ids in the pool, who have no seat yet. A party of the same name is nobody drawn.
pub(super) fn unseated(plan: &Plan, people: &[Panellist], drawn: &[String]) -> Vec<String> {
    let mut seats: Vec<&SeatId> = plan.seats_of(Capacity::Panellist).collect();
    let mut unseated = drawn.to_vec();
    unseated.retain(|id| {
        let sits = |seat: &&SeatId| candidates(plan, seat, people).iter().any(|person| person.id == *id);
        let seat = seats.iter().position(sits);
        if let Some(at) = seat {
            seats.remove(at);
        }
        seat.is_none()
    });
    unseated
}

/// Who sits there, if that is certain: the only one that it may be, among those drawn where several have the name.
pub(in crate::office::file) fn sits<'a>(
    plan: &Plan,
    seat: &SeatId,
    people: &'a [Panellist],
    drawn: impl Fn(&str) -> bool,
) -> Option<&'a Panellist> {
    let all = candidates(plan, seat, people);
    let of_draw: Vec<&Panellist> = all.iter().filter(|person| drawn(&person.id)).copied().collect();
    match (all.as_slice(), of_draw.as_slice()) {
        (_, [one]) | ([one], []) => Some(one),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use procedure::hearing::plan::{Name, Place};

    use super::*;

    fn person(id: &str, name: &str, post: &str) -> Panellist {
        Panellist { id: id.into(), name: name.into(), post: post.into(), ..Panellist::default() }
    }

    fn plan(seats: &[(&str, Capacity, &str, &str)]) -> Plan {
        let mut plan = Plan::default();
        for (seat, capacity, name, post) in seats {
            let (seat, post) = (SeatId::from(*seat), Some((*post).to_string()));
            let place = Place {
                seat: seat.clone(),
                capacity: *capacity,
                side: None,
                acts_for: None,
                chief_prosecutor: false,
            };
            plan.places.insert(seat.clone(), place);
            plan.names.insert(seat, Name { name: (*name).into(), post });
        }
        plan
    }

    fn ids(ids: &[&str]) -> Vec<String> {
        ids.iter().map(|id| (*id).to_string()).collect()
    }

    #[test]
    fn a_party_of_the_same_name_is_nobody_drawn() {
        let people = [person("p-1", "李伟", "教师")];
        let party = plan(&[("a1", Capacity::Applicant, "李伟", "教师")]);
        assert_eq!(unseated(&party, &people, &ids(&["p-1"])), ids(&["p-1"]));
        assert_eq!(sits(&party, &SeatId::from("a1"), &people, |_| true), None);
        let seated = plan(&[("p1", Capacity::Panellist, "李伟", "中学教师")]);
        assert_eq!(unseated(&seated, &people, &ids(&["p-1"])), ids(&[]), "the post was changed since");
    }

    #[test]
    fn of_two_panellists_of_one_name_nobody_is_taken_for_the_other() {
        let people =
            [person("p-1", "李伟", "教师"), person("p-2", "李伟", "医师"), person("p-3", "王芳", "律师")];
        let seated = plan(&[("p1", Capacity::Panellist, "李伟", "医师")]);
        assert_eq!(unseated(&seated, &people, &ids(&["p-1", "p-2", "p-3"])), ids(&["p-1", "p-3"]));
        let seat = SeatId::from("p1");
        assert_eq!(sits(&seated, &seat, &people, |_| true).map(|person| person.id.as_str()), Some("p-2"));
        // Of the same post too: who was drawn sits there; where both were, nobody can tell.
        let twins = [person("p-1", "李伟", "教师"), person("p-2", "李伟", "教师")];
        let both =
            plan(&[("p1", Capacity::Panellist, "李伟", "教师"), ("p2", Capacity::Panellist, "李伟", "教师")]);
        assert_eq!(
            sits(&both, &seat, &twins, |id| id == "p-2").map(|person| person.id.as_str()),
            Some("p-2")
        );
        assert_eq!(sits(&both, &seat, &twins, |_| true), None);
        assert_eq!(sits(&both, &seat, &twins, |_| false), None);
        assert_eq!(unseated(&both, &twins, &ids(&["p-1", "p-2"])), ids(&[]));
    }
}
