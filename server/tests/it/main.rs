//! The server from outside: real sockets, a data folder of its own for each test.

mod account;
mod crash;
mod house;
mod invitation;
mod log;
mod office;
mod pages;
mod room;
mod wire;
