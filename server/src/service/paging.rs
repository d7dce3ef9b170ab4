//! Pages of a listing: how many rows, from where, and where the next one begins.

use crate::store::text::Place;
use app::{
    backend::Answer,
    error::AppError,
    model::{Order, Page},
    pasted::Pasted,
};
use std::str::FromStr;

/// Rows on a page at most.
pub const MAX_PAGE: u32 = 200;

pub fn limit(limit: u32) -> Answer<u32> {
    if (1..=MAX_PAGE).contains(&limit) {
        return Ok(limit);
    }
    Err(AppError::invalid("limit", format!("must be between 1 and {MAX_PAGE}")))
}

/// What a cursor says, by the reader of its listing.
pub fn cursor<T>(text: Option<&str>, read: impl FnOnce(&str) -> Option<T>) -> Answer<Option<T>> {
    let wrong = || AppError::invalid("cursor", "is not one that this listing gave out");
    text.map(|text| read(text).ok_or_else(wrong)).transpose()
}

/// A cursor that is one value.
pub fn plain_cursor<T: FromStr>(text: Option<&str>) -> Answer<Option<T>> {
    cursor(text, |text| text.parse().ok())
}

/// A cursor that is a place in a listing of that order.
pub fn write_place(sort: impl Order, place: &Place) -> String {
    let sort = sort.as_str();
    match place {
        Place::Figure(value, number) => format!("{sort}.{number}.{value}"),
        Place::Name(name, number) => format!("{sort}.{number}.{name}"),
    }
}

/// Reads it; a cursor of another order is none of this one. `by_name` tells what it is ordered by.
pub fn read_place(text: Option<&str>, sort: impl Order, by_name: bool) -> Answer<Option<Place>> {
    cursor(text, |text| {
        let (number, value) = text.strip_prefix(sort.as_str())?.strip_prefix('.')?.split_once('.')?;
        let number = number.parse().ok()?;
        if by_name {
            Some(Place::Name(value.to_owned(), number))
        } else {
            Some(Place::Figure(value.parse().ok()?, number))
        }
    })
}

/// What is searched for, as words, each of which must be found.
pub fn words(search: &str) -> Vec<String> {
    let plain: String = search.chars().map(|c| if c.is_control() { ' ' } else { c }).take(255).collect();
    Pasted::read(&plain).words
}

/// A page of at most `limit` of `rows`, of which there is one more when a page follows; `cursor` tells where a row stands.
pub fn page<R, T>(mut rows: Vec<R>, limit: u32, cursor: impl Fn(&R) -> String, item: impl FnMut(R) -> T) -> Page<T> {
    let more = rows.len() > limit as usize;
    rows.truncate(limit as usize);
    let next = rows.last().filter(|_| more).map(cursor);
    Page { items: rows.into_iter().map(item).collect(), next }
}
