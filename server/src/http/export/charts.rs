//! Charts as pictures: the page's own drawing, in the light theme, with its title, range and legend.

use super::{
    expiry::read_days,
    reader::{Reader, file_name, shown},
    reports::{read_overview, read_spend},
    sheet::download,
};
use crate::http::{Refusal, problem};
use app::{
    charts::{Colours, DrawError, FONT, FONT_FAMILY, LegendItem, standalone},
    error::AppError,
    figures::{expiry::by_day, overview, spend::SpendFigures},
    format,
    model::Timestamp,
    range::ReportRange,
};
use axum::response::Response;
use resvg::{
    tiny_skia::{Pixmap, Transform},
    usvg::{self, fontdb},
};
use std::sync::{Arc, LazyLock};

/// Pixels for one unit of the drawing: sharp on paper and on dense screens.
const SCALE: f32 = 2.0;

/// A picture before it has a format.
struct Picture {
    name: String,
    svg: String,
}

impl Picture {
    fn new(
        name: &str,
        range: &ReportRange,
        now: Timestamp,
        title: &str,
        drawn: Result<String, DrawError>,
        legend: &[LegendItem],
        marks: &str,
    ) -> Result<Self, AppError> {
        let drawn = drawn.map_err(failed)?;
        let days = format::days(range.first, range.last);
        let made = format::exact(now, &range.zone);
        let note = format!("{days} · credits, days of {} · made {made}{marks}", range.zone_name);
        Ok(Self { name: file_name(name, range, ""), svg: standalone(&drawn, title, &note, legend) })
    }

    fn svg(self) -> Response {
        download(&format!("{}svg", self.name), "image/svg+xml", self.svg)
    }

    /// Drawing takes a while, so it is done beside the requests.
    async fn png(self) -> Result<Response, Refusal> {
        let Self { name, svg } = self;
        let drawn = tokio::task::spawn_blocking(move || draw(&svg)).await.map_err(failed)?;
        Ok(download(&format!("{name}png"), "image/png", drawn?))
    }
}

fn failed(error: impl std::fmt::Display) -> AppError {
    tracing::error!(%error, "a chart cannot be drawn");
    problem::internal()
}

/// The fonts of pictures: the one inside of the program.
static FONTS: LazyLock<Arc<fontdb::Database>> = LazyLock::new(|| {
    let mut fonts = fontdb::Database::new();
    fonts.load_font_data(FONT.to_vec());
    fonts.set_sans_serif_family(FONT_FAMILY);
    Arc::new(fonts)
});

fn draw(svg: &str) -> Result<Vec<u8>, AppError> {
    let options =
        usvg::Options { fontdb: Arc::clone(&FONTS), font_family: FONT_FAMILY.to_owned(), ..usvg::Options::default() };
    let tree = usvg::Tree::from_str(svg, &options).map_err(failed)?;
    let size = tree.size().to_int_size().scale_by(SCALE).ok_or_else(|| failed("it has no size"))?;
    let mut pixels = Pixmap::new(size.width(), size.height()).ok_or_else(|| failed("it has no size"))?;
    resvg::render(&tree, Transform::from_scale(SCALE, SCALE), &mut pixels.as_mut());
    pixels.encode_png().map_err(failed)
}

/// What the page's legend says of the unfinished column.
fn hatched(words: Option<&str>) -> String {
    words.map_or_else(String::new, |words| format!(" · {words}"))
}

async fn daily(reader: &Reader) -> Result<Picture, AppError> {
    let (data, range) = read_overview(reader).await?;
    let colours = Colours::of(reader.backend.models().await?);
    let daily = overview::daily(&data, &shown(&range)?, &colours);
    let now = reader.backend.now();
    let marks = hatched(daily.hatched.as_deref());
    Picture::new("daily-spend", &range, now, &daily.title, daily.chart.wide(), &daily.legend, &marks)
}

async fn models(reader: &Reader) -> Result<Picture, AppError> {
    let (data, range) = read_overview(reader).await?;
    let colours = Colours::of(reader.backend.models().await?);
    let drawn = overview::models(&data, &shown(&range)?, &colours).wide();
    Picture::new("spend-by-model", &range, reader.backend.now(), "Spend by model", drawn, &[], "")
}

async fn users(reader: &Reader) -> Result<Picture, AppError> {
    let (data, range) = read_overview(reader).await?;
    Picture::new("top-users", &range, reader.backend.now(), "Top users", overview::users(&data).wide(), &[], "")
}

/// A picture of the spend page: its title, its drawing, its legend, and what else is to be said of it.
type Part = (String, Result<String, DrawError>, Vec<LegendItem>, String);

async fn of_spend(
    reader: &Reader,
    name: &str,
    part: impl FnOnce(&SpendFigures<'_>) -> Result<Part, AppError>,
) -> Result<Picture, AppError> {
    let (report, words, range) = read_spend(reader).await?;
    let colours = Colours::of(reader.backend.models().await?);
    let (shown, now) = (shown(&range)?, reader.backend.now());
    let figures = SpendFigures { report: &report, words: &words, range: &shown, colours: &colours, now };
    let (title, drawn, legend, marks) = part(&figures)?;
    Picture::new(name, &range, now, &title, drawn, &legend, &marks)
}

async fn spend(reader: &Reader) -> Result<Picture, AppError> {
    let part = |figures: &SpendFigures<'_>| {
        let over_time = figures.over_time();
        let drawn = over_time.chart.wide_with(&over_time.before);
        let line = if over_time.before.is_empty() { "" } else { " · lines: the period before" };
        let marks = line.to_owned() + &hatched(over_time.hatched.as_deref());
        Ok((over_time.title, drawn, over_time.legend, marks))
    };
    of_spend(reader, "spend", part).await
}

async fn split(reader: &Reader) -> Result<Picture, AppError> {
    let part = |figures: &SpendFigures<'_>| {
        let missing = || AppError::invalid("split", "must say by what each group is split: model, team or user");
        let (bars, legend) = figures.split().ok_or_else(missing)?;
        Ok((bars.title.trim_end_matches(", in credits").to_owned(), bars.wide(), legend, String::new()))
    };
    of_spend(reader, "spend-split", part).await
}

async fn calendar(reader: &Reader) -> Result<Picture, AppError> {
    let part = |figures: &SpendFigures<'_>| {
        let days = &figures.report.calendar;
        let span = days.first().zip(days.last()).map(|(first, last)| format::days(first.date, last.date));
        let marks = span.map_or_else(String::new, |span| format!(" · the calendar: {span}"));
        Ok(("Spend on each day".to_owned(), figures.calendar().wide(), Vec::new(), marks))
    };
    of_spend(reader, "spend-calendar", part).await
}

async fn expiry(reader: &Reader) -> Result<Picture, AppError> {
    let (view, range) = read_days(reader).await?;
    let chart = by_day(&view).chart;
    let marks = " · the last day on which they can be spent";
    Picture::new("expiry-days", &range, view.now, &chart.title, chart.wide(), &[], marks)
}

pub async fn overview_svg(reader: Reader) -> Result<Response, Refusal> {
    Ok(daily(&reader).await?.svg())
}

pub async fn overview_png(reader: Reader) -> Result<Response, Refusal> {
    daily(&reader).await?.png().await
}

pub async fn models_svg(reader: Reader) -> Result<Response, Refusal> {
    Ok(models(&reader).await?.svg())
}

pub async fn models_png(reader: Reader) -> Result<Response, Refusal> {
    models(&reader).await?.png().await
}

pub async fn users_svg(reader: Reader) -> Result<Response, Refusal> {
    Ok(users(&reader).await?.svg())
}

pub async fn users_png(reader: Reader) -> Result<Response, Refusal> {
    users(&reader).await?.png().await
}

pub async fn spend_svg(reader: Reader) -> Result<Response, Refusal> {
    Ok(spend(&reader).await?.svg())
}

pub async fn spend_png(reader: Reader) -> Result<Response, Refusal> {
    spend(&reader).await?.png().await
}

pub async fn split_svg(reader: Reader) -> Result<Response, Refusal> {
    Ok(split(&reader).await?.svg())
}

pub async fn split_png(reader: Reader) -> Result<Response, Refusal> {
    split(&reader).await?.png().await
}

pub async fn calendar_svg(reader: Reader) -> Result<Response, Refusal> {
    Ok(calendar(&reader).await?.svg())
}

pub async fn calendar_png(reader: Reader) -> Result<Response, Refusal> {
    calendar(&reader).await?.png().await
}

pub async fn expiry_svg(reader: Reader) -> Result<Response, Refusal> {
    Ok(expiry(&reader).await?.svg())
}

pub async fn expiry_png(reader: Reader) -> Result<Response, Refusal> {
    expiry(&reader).await?.png().await
}
