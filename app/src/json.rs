//! Reading what the server sends, in little code: the room must be small enough for a cheap phone on a slow line.
//!
//! The text is first taken apart (`json/value.rs`), then read from the parts by the types' own `Deserialize`. With
//! `serde_json`, which reads straight from the text, each of some two hundred types brings its own copy of the parser,
//! a second form of itself as a list, and all bring the arithmetic of fractions, which nothing here needs: a quarter
//! of the room's WebAssembly. What is read is the same; the tests hold the two against each other.

use std::{collections::btree_map, fmt, slice};

use serde::{
    de::{
        self, DeserializeOwned, DeserializeSeed, Deserializer, EnumAccess, MapAccess, SeqAccess,
        VariantAccess, Visitor,
    },
    forward_to_deserialize_any,
};

mod value;

use value::Value;

/// The text is no JSON, or says something else than what was asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Unreadable;

impl fmt::Display for Unreadable {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("unreadable")
    }
}

impl std::error::Error for Unreadable {}

impl de::Error for Unreadable {
    fn custom<T: fmt::Display>(_: T) -> Self {
        Self
    }
}

/// Reads a value from JSON text.
///
/// # Errors
/// When the text is no JSON or holds something else.
pub fn read<T: DeserializeOwned>(text: &[u8]) -> Result<T, Unreadable> {
    T::deserialize(Part::Value(&Value::parse(text).ok_or(Unreadable)?))
}

/// A part of what was sent: a value, or the name of one.
#[derive(Clone, Copy)]
enum Part<'a> {
    Value(&'a Value),
    Name(&'a str),
}

impl<'a> Part<'a> {
    fn text(self) -> Result<&'a str, Unreadable> {
        match self {
            Self::Name(text) => Ok(text),
            Self::Value(Value::Text(text)) => Ok(text),
            Self::Value(_) => Err(Unreadable),
        }
    }
}

/// Any whole number, whatever its width: the type that asks refuses what does not fit.
macro_rules! whole_numbers {
    ($($name:ident)*) => {$(
        fn $name<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Unreadable> {
            whole(self, visitor)
        }
    )*};
}

fn whole<'de, V: Visitor<'de>>(part: Part<'_>, visitor: V) -> Result<V::Value, Unreadable> {
    match part {
        Part::Value(Value::Number(number)) => match u64::try_from(*number) {
            Ok(number) => visitor.visit_u64(number),
            Err(_) => visitor.visit_i64(i64::try_from(*number).map_err(|_| Unreadable)?),
        },
        // The names of an object may be numbers.
        Part::Name(text) => visitor.visit_u64(text.parse().map_err(|_| Unreadable)?),
        Part::Value(_) => Err(Unreadable),
    }
}

impl<'de> Deserializer<'de> for Part<'_> {
    type Error = Unreadable;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Unreadable> {
        match self {
            Self::Name(text) => visitor.visit_str(text),
            Self::Value(Value::Text(text)) => visitor.visit_str(text),
            Self::Value(Value::Null) => visitor.visit_unit(),
            Self::Value(Value::Bool(yes)) => visitor.visit_bool(*yes),
            Self::Value(Value::Number(_)) => whole(self, visitor),
            Self::Value(Value::List(_)) => self.deserialize_seq(visitor),
            Self::Value(Value::Map(_)) => self.deserialize_map(visitor),
        }
    }

    fn deserialize_bool<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Unreadable> {
        match self {
            Self::Value(Value::Bool(yes)) => visitor.visit_bool(*yes),
            _ => Err(Unreadable),
        }
    }

    whole_numbers! {
        deserialize_i8 deserialize_i16 deserialize_i32 deserialize_i64
        deserialize_u8 deserialize_u16 deserialize_u32 deserialize_u64
    }

    fn deserialize_str<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Unreadable> {
        visitor.visit_str(self.text()?)
    }

    fn deserialize_string<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Unreadable> {
        visitor.visit_str(self.text()?)
    }

    fn deserialize_identifier<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Unreadable> {
        visitor.visit_str(self.text()?)
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Unreadable> {
        match self {
            Self::Value(Value::Null) => visitor.visit_none(),
            some => visitor.visit_some(some),
        }
    }

    fn deserialize_unit<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Unreadable> {
        match self {
            Self::Value(Value::Null) => visitor.visit_unit(),
            _ => Err(Unreadable),
        }
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        visitor: V,
    ) -> Result<V::Value, Unreadable> {
        visitor.visit_newtype_struct(self)
    }

    fn deserialize_seq<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Unreadable> {
        match self {
            Self::Value(Value::List(list)) => visitor.visit_seq(Items(list.iter())),
            _ => Err(Unreadable),
        }
    }

    fn deserialize_tuple<V: Visitor<'de>>(self, _: usize, visitor: V) -> Result<V::Value, Unreadable> {
        self.deserialize_seq(visitor)
    }

    fn deserialize_map<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Unreadable> {
        match self {
            Self::Value(Value::Map(fields)) => visitor.visit_map(Fields { rest: fields.iter(), value: None }),
            _ => Err(Unreadable),
        }
    }

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        _: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Unreadable> {
        self.deserialize_map(visitor)
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        _: &'static str,
        _: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Unreadable> {
        let variant = match self {
            Self::Value(Value::Map(fields)) => {
                let mut fields = fields.iter();
                match (fields.next(), fields.next()) {
                    (Some((name, value)), None) => Variant { name, value: Some(value) },
                    _ => return Err(Unreadable),
                }
            }
            name => Variant { name: name.text()?, value: None },
        };
        visitor.visit_enum(variant)
    }

    fn deserialize_ignored_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Unreadable> {
        visitor.visit_unit()
    }

    forward_to_deserialize_any! { f32 f64 char bytes byte_buf unit_struct tuple_struct }
}

/// The items of a list.
struct Items<'a>(slice::Iter<'a, Value>);

impl<'de> SeqAccess<'de> for Items<'_> {
    type Error = Unreadable;

    fn next_element_seed<T: DeserializeSeed<'de>>(
        &mut self,
        seed: T,
    ) -> Result<Option<T::Value>, Unreadable> {
        self.0.next().map(|value| seed.deserialize(Part::Value(value))).transpose()
    }
}

/// The fields of an object that are still to be read.
struct Fields<'a> {
    rest: btree_map::Iter<'a, String, Value>,
    value: Option<&'a Value>,
}

impl<'de> MapAccess<'de> for Fields<'_> {
    type Error = Unreadable;

    fn next_key_seed<K: DeserializeSeed<'de>>(&mut self, seed: K) -> Result<Option<K::Value>, Unreadable> {
        let Some((name, value)) = self.rest.next() else { return Ok(None) };
        self.value = Some(value);
        seed.deserialize(Part::Name(name)).map(Some)
    }

    fn next_value_seed<V: DeserializeSeed<'de>>(&mut self, seed: V) -> Result<V::Value, Unreadable> {
        seed.deserialize(Part::Value(self.value.take().ok_or(Unreadable)?))
    }
}

/// One of several kinds, with what it holds.
struct Variant<'a> {
    name: &'a str,
    value: Option<&'a Value>,
}

impl<'de> EnumAccess<'de> for Variant<'_> {
    type Error = Unreadable;
    type Variant = Self;

    fn variant_seed<V: DeserializeSeed<'de>>(self, seed: V) -> Result<(V::Value, Self), Unreadable> {
        Ok((seed.deserialize(Part::Name(self.name))?, self))
    }
}

impl Variant<'_> {
    fn held(&self) -> Result<Part<'_>, Unreadable> {
        self.value.map(Part::Value).ok_or(Unreadable)
    }
}

impl<'de> VariantAccess<'de> for Variant<'_> {
    type Error = Unreadable;

    fn unit_variant(self) -> Result<(), Unreadable> {
        match self.value {
            None | Some(Value::Null) => Ok(()),
            Some(_) => Err(Unreadable),
        }
    }

    fn newtype_variant_seed<T: DeserializeSeed<'de>>(self, seed: T) -> Result<T::Value, Unreadable> {
        seed.deserialize(self.held()?)
    }

    fn tuple_variant<V: Visitor<'de>>(self, _: usize, visitor: V) -> Result<V::Value, Unreadable> {
        self.held()?.deserialize_seq(visitor)
    }

    fn struct_variant<V: Visitor<'de>>(
        self,
        _: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Unreadable> {
        self.held()?.deserialize_map(visitor)
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use procedure::{
        hearing::{Event, Hearing},
        wire::{FromRoom, ToRoom},
    };

    use super::*;

    /// Every event that was ever kept, one a line.
    const EVENTS: &str = include_str!("../../procedure/tests/it/golden/events.jsonl");

    #[test]
    fn every_kept_event_reads_as_serde_json_reads_it() {
        assert!(EVENTS.lines().count() > 50);
        for line in EVENTS.lines() {
            let expected: Option<Event> = serde_json::from_str(line).ok();
            assert!(expected.is_some(), "{line}");
            assert_eq!(read::<Event>(line.as_bytes()).ok(), expected, "{line}");
        }
    }

    #[test]
    fn what_is_no_message_is_refused() {
        for text in
            ["", "nul", "[", "{\"ack\":{}}", "{\"ack\":{\"id\":1}}", "{\"a\":1,\"b\":2}", "\"hello\"", "7"]
        {
            assert_eq!(read::<FromRoom>(text.as_bytes()).err(), Some(Unreadable), "{text}");
        }
        assert_eq!(read::<u8>(b"256"), Err(Unreadable));
        assert_eq!(read::<Vec<Option<i64>>>(b"[1,null,-3]"), Ok(vec![Some(1), None, Some(-3)]));
        assert_eq!(read::<BTreeMap<u32, bool>>(br#"{"7":true}"#), Ok(BTreeMap::from([(7, true)])));
    }

    #[test]
    fn a_view_and_a_command_survive_the_way_there_and_back() {
        let view = Hearing::default();
        let text = serde_json::to_vec(&view).unwrap_or_default();
        assert_eq!(read::<Hearing>(&text), Ok(view));
        let text = serde_json::to_vec(&ToRoom::Pong {}).unwrap_or_default();
        assert_eq!(read::<ToRoom>(&text), Ok(ToRoom::Pong {}));
    }
}
