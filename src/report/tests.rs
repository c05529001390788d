//! Goldens of everything that is printed, over plans built from small worlds.

mod by_hand;
mod comment;
mod flow_words;
mod hostile;
mod machines;
mod plans;
mod standing;
mod unsettled;
mod whole;
mod words;
mod world;
