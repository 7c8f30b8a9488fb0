//! The end of `circles`: how many, and how large.

use serde::Serialize;
use serde_json::Value as Json;

use super::grid::{Align, Grid, plain};
use crate::problem::Problems;
use crate::report::circles::Written;
use crate::report::table::stamp_text;
use crate::report::value::Value;
use crate::settings::Settings;
use crate::words::{Lang, say};

/// For people: a line for each walking time, areas in hectares.
pub fn text(settings: &Settings, written: &Written, problems: &Problems, lang: Lang) -> String {
    let mut out = say(lang, "circles.title", &[("title", &plain(&settings.title))]) + "\n";
    let straight = settings.inputs.network.is_empty();
    if straight {
        out += &(stamp_text(settings.detour) + "\n");
    }
    out += "\n";
    let mut grid = Grid::new(&[Align::Left, Align::Right, Align::Right, Align::Right, Align::Right]);
    grid.heading(["time", "count", "median", "least", "most"].map(|c| say(lang, &format!("circles.col.{c}"), &[])));
    for size in &written.sizes {
        let [median, least, most] = [size.median(), size.areas.first().copied(), size.areas.last().copied()].map(hectares);
        grid.row([size.time.to_string(), size.areas.len().to_string(), median, least, most]);
    }
    out += &(grid.lines("") + "\n");
    let speed = settings.speed.to_string();
    out += &if straight {
        say(lang, "circles.straight", &[("speed", &speed)])
    } else {
        say(lang, "circles.streets", &[("speed", &speed), ("buffer", &settings.circle_buffer.to_string())])
    };
    out += "\n";
    if written.without > 0 {
        out += &(say(lang, "circles.without", &[("n", &written.without.to_string())]) + "\n");
    }
    let (errors, warnings) = problems.tally();
    if errors + warnings > 0 {
        out += &(say(lang, "summary.problems", &[("errors", &errors.to_string()), ("warnings", &warnings.to_string())]) + "\n");
    }
    out
}

fn hectares(square_metres: Option<f64>) -> String {
    let mut out = String::new();
    if Value::of(square_metres.map(|m| m / 10_000.0), Value::Area).write_number(&mut out) { out } else { "-".to_owned() }
}

#[derive(Serialize)]
struct Summary<'a> {
    schema: u32,
    command: &'static str,
    title: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    stamp: Option<String>,
    speed_mm_s: u32,
    bands: Vec<Band>,
    without: usize,
    problems: Tally,
}

#[derive(Serialize)]
struct Band {
    minutes: Json,
    circles: usize,
    area_m2_median: Json,
    area_m2_least: Json,
    area_m2_most: Json,
}

#[derive(Serialize)]
struct Tally {
    errors: usize,
    warnings: usize,
}

/// For programs: areas in square metres with the digits of the file.
pub fn json(settings: &Settings, written: &Written, problems: &Problems) -> String {
    let number = |value: Value<'_>| {
        let mut text = String::new();
        if value.write_number(&mut text) { serde_json::from_str(&text).unwrap_or(Json::Null) } else { Json::Null }
    };
    let area = |area: Option<f64>| number(Value::of(area, Value::Area));
    let (errors, warnings) = problems.tally();
    let summary = Summary {
        schema: 1,
        command: "circles",
        title: &settings.title,
        stamp: settings.inputs.network.is_empty().then(|| stamp_text(settings.detour)),
        speed_mm_s: settings.speed.mm_per_s(),
        bands: (written.sizes.iter())
            .map(|s| Band {
                minutes: number(Value::Exact(s.time.0 as f64 / 60_000.0)),
                circles: s.areas.len(),
                area_m2_median: area(s.median()),
                area_m2_least: area(s.areas.first().copied()),
                area_m2_most: area(s.areas.last().copied()),
            })
            .collect(),
        without: written.without,
        problems: Tally { errors, warnings },
    };
    serde_json::to_string_pretty(&summary).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::circles::Sizes;
    use crate::units::Milliseconds;

    fn written() -> Written {
        let sizes = |time, areas: &[f64]| Sizes { time: Milliseconds(time), areas: areas.to_vec() };
        Written { sizes: vec![sizes(300_000, &[10_000.0, 20_050.0]), sizes(450_000, &[])], without: 3 }
    }

    #[test]
    fn people_read_hectares_and_what_is_missing() {
        let settings = Settings { title: "潞州区".into(), ..Settings::default() };
        let expected = "\
服务圈：潞州区
W-STRAIGHT 直线距离 straight line × 1.3

步行时间  服务圈  中位面积(公顷)  最小  最大
--------  ------  --------------  ----  ----
5 min          2            1.50  1.00  2.01
450 s          0               -     -     -

没有路网：以直线距离画圆，步行 1.0 m/s
3 个点没有服务圈：位置或最近的道路未知，或时限内到不了道路
";
        assert_eq!(text(&settings, &written(), &Problems::default(), Lang::Zh), expected);
    }

    #[test]
    fn programs_read_square_metres() {
        let json: Json = serde_json::from_str(&json(&Settings::default(), &written(), &Problems::default())).unwrap();
        assert_eq!(json["bands"][0]["area_m2_median"], 15_025.0);
        assert_eq!((&json["bands"][1]["minutes"], &json["bands"][1]["area_m2_most"]), (&Json::from(7.5), &Json::Null));
        assert_eq!((&json["command"], &json["without"]), (&"circles".into(), &3.into()));
    }
}
