//! The parts that every page is made of. They know nothing of hearings.

pub mod area;
pub mod asked;
pub mod band;
pub mod button;
pub mod card;
pub mod choice;
pub mod clock;
pub mod dialog;
pub mod empty;
pub mod field;
pub mod page;
pub mod progress;
pub mod rows;
pub mod see;
pub mod select;
pub mod sending;
pub mod tabs;
pub mod tag;
