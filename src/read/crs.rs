//! Which CRS a layer has: what the study says, else what the file says, else what its numbers plainly are; and whether they agree.

use geo::{Coord, Rect};

use super::{Input, Scanned};
use crate::problem::{Code, Origin, Problem, Problems};
use crate::space::crs::Crs;
use crate::space::crs::suit::{self, Misfit};

/// The CRS of a layer whose numbers lie within `bounds` (of its shapes, or of its coordinate columns when it `is_table`).
///
/// `None` after an error, which is then in `problems`; a layer without any coordinate needs no CRS and gets WGS 84.
pub fn decide(input: &Input, scanned: &Scanned, bounds: Option<Rect<f64>>, is_table: bool, problems: &mut Problems) -> Option<Crs> {
    let place = Origin { file: Some(input.shown.as_str().into()), layer: scanned.layer.as_deref().map(Into::into), ..Origin::default() };
    let problem = |code: Code| Problem::new(code).at(&place).field("crs");
    let crs = named(input, scanned, bounds, is_table, problems, &problem)?;
    let Some(bounds) = bounds else { return Some(crs) };
    let first = scanned.first.unwrap_or(bounds.min());
    let Some(misfit) = suit::misfit(&crs, bounds, first) else {
        if crs.is_loose() {
            problems.push(problem(Code::W_CRS_DATUM).value(crs.name()));
        }
        return Some(crs);
    };
    problems.push(match misfit {
        Misfit::Swapped(right) => problem(Code::E_AXIS).value(point(first)).with("right", point(right)),
        Misfit::Zones(zones) => {
            let zones: Vec<String> = zones.iter().map(u32::to_string).collect();
            problem(Code::E_ZONE).value(range(bounds)).with("zones", zones.join(", "))
        }
        Misfit::DegreesUnderMetres => range_problem(problem(Code::E_CRS_RANGE), "@why.crs.degrees_under_metres", &crs, bounds),
        Misfit::MetresUnderDegrees => range_problem(problem(Code::E_CRS_RANGE), "@why.crs.metres_under_degrees", &crs, bounds),
        Misfit::Elsewhere => range_problem(problem(Code::E_CRS_RANGE), "@why.crs.elsewhere", &crs, bounds),
    });
    None
}

/// The CRS by the strongest word there is, before the numbers are compared with it.
fn named(
    input: &Input,
    scanned: &Scanned,
    bounds: Option<Rect<f64>>,
    is_table: bool,
    problems: &mut Problems,
    problem: &dyn Fn(Code) -> Problem,
) -> Option<Crs> {
    if let Some(text) = input.crs.as_deref().or(scanned.declared_crs.as_deref()) {
        let crs = Crs::parse(text);
        if crs.is_none() {
            problems.push(with_guess(problem(Code::E_CRS_UNKNOWN).value(text), bounds));
        }
        return crs;
    }
    match bounds {
        None => Some(Crs::wgs84()),
        Some(b) if is_table && (suit::are_degrees(b) || suit::are_swapped_degrees(b)) => Some(Crs::wgs84()),
        Some(b) if suit::zones(b).len() > 1 => {
            let zones: Vec<String> = suit::zones(b).iter().map(u32::to_string).collect();
            problems.push(problem(Code::E_ZONE).value(range(b)).with("zones", zones.join(", ")));
            None
        }
        Some(b) => {
            problems.push(with_guess(problem(Code::E_CRS_MISSING).value(range(b)), bounds));
            None
        }
    }
}

/// Completes E-ZONE: how many records each zone has, and which ones come first. `records`: easting and row or feature.
pub fn name_zones(file: &str, records: impl Iterator<Item = (f64, Option<u32>)>, problems: &mut Problems) {
    /// Rows named of each zone.
    const NAMED: usize = 8;
    let Some(problem) = problems.iter_mut().find(|p| p.code == Code::E_ZONE && p.origin.file.as_deref() == Some(file)) else { return };
    let mut zones: std::collections::BTreeMap<u32, (usize, Vec<String>)> = std::collections::BTreeMap::new();
    for (x, row) in records.filter(|(x, _)| x.is_finite()) {
        let zone = zones.entry(suit::prefix(x)).or_default();
        zone.0 += 1;
        if zone.1.len() < NAMED {
            zone.1.extend(row.map(|r| r.to_string()));
        }
    }
    let said = zones.iter().map(|(zone, (count, rows))| {
        let more = if *count > rows.len() { ", …" } else { "" };
        format!("{zone}: {count} ({}{more})", rows.join(", "))
    });
    let said = said.collect::<Vec<_>>().join("; ");
    problem.with.push(("rows", said));
    let zones: Vec<String> = zones.keys().map(u32::to_string).collect();
    problem.with.retain(|(name, _)| *name != "zones");
    problem.with.push(("zones", zones.join(", ")));
}

fn range_problem(problem: Problem, reason: &'static str, crs: &Crs, bounds: Rect<f64>) -> Problem {
    with_guess(problem.value(range(bounds)).why(reason).with("crs", crs.name()), Some(bounds))
}

/// Fills `{hint}` with what the number range most likely is.
fn with_guess(problem: Problem, bounds: Option<Rect<f64>>) -> Problem {
    match bounds.map(|b| (suit::guess(b), suit::is_nameless_zone(b))) {
        Some((Some(guess), _)) if guess == "EPSG:4326" => problem.with("guess", guess).with("hint", "@why.crs.guess_degrees"),
        Some((Some(guess), _)) => problem.with("guess", guess).with("hint", "@why.crs.guess"),
        Some((None, true)) => problem.with("hint", "@why.crs.guess_zone"),
        _ => problem.with("hint", "@why.crs.ask"),
    }
}

/// A point as messages write it.
pub(super) fn point(c: Coord<f64>) -> String {
    format!("({}, {})", number(c.x), number(c.y))
}

/// `x 102.61…102.87, y 24.91…25.13`: degrees with six decimals, metres with two.
fn range(bounds: Rect<f64>) -> String {
    let (min, max) = (bounds.min(), bounds.max());
    format!("x {}…{}, y {}…{}", number(min.x), number(max.x), number(min.y), number(max.y))
}

fn number(value: f64) -> String {
    let decimals = if value.abs() <= 360.0 { 6 } else { 2 };
    let text = format!("{value:.decimals$}");
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::words::Lang;

    fn decided(study: Option<&str>, declared: Option<&str>, corners: Option<[f64; 4]>, is_table: bool) -> (Option<String>, Vec<Problem>) {
        let input = Input { shown: "a.shp".into(), crs: study.map(str::to_owned), ..Input::default() };
        let scanned = Scanned { declared_crs: declared.map(str::to_owned), ..Scanned::default() };
        let bounds = corners.map(|[x0, y0, x1, y1]| Rect::new(Coord { x: x0, y: y0 }, Coord { x: x1, y: y1 }));
        let mut problems = Problems::default();
        let crs = decide(&input, &scanned, bounds, is_table, &mut problems);
        (crs.map(|c| c.name().to_owned()), problems.iter().cloned().collect())
    }

    const DEGREES: Option<[f64; 4]> = Some([112.5, 37.8, 112.6, 37.9]);
    const METRES: Option<[f64; 4]> = Some([636_000.0, 4_190_000.0, 640_000.0, 4_200_000.0]);

    #[test]
    fn the_study_wins_over_the_file() {
        assert_eq!(decided(Some("gcj02"), Some("EPSG:4326"), DEGREES, false).0.as_deref(), Some("gcj02"));
        assert_eq!(decided(Some("EPSG:4546"), Some("EPSG:4326"), METRES, false).0.as_deref(), Some("EPSG:4546"));
        assert_eq!(decided(None, Some("EPSG:4326"), DEGREES, false).0.as_deref(), Some("EPSG:4326"));
    }

    #[test]
    fn only_a_table_in_degrees_may_do_without() {
        assert_eq!(decided(None, None, DEGREES, true).0.as_deref(), Some("EPSG:4326"));
        assert_eq!(decided(None, None, None, false).0.as_deref(), Some("EPSG:4326"));
        for (corners, is_table) in [(DEGREES, false), (METRES, true), (METRES, false)] {
            let (crs, problems) = decided(None, None, corners, is_table);
            assert_eq!((crs, problems[0].code), (None, Code::E_CRS_MISSING));
        }
        assert!(decided(None, None, DEGREES, false).1[0].remedy(Lang::En).contains("EPSG:4326"));
        let prefixed = decided(None, None, Some([38_436_000.0, 4_010_000.0, 38_440_000.0, 4_020_000.0]), true);
        assert!(prefixed.1[0].remedy(Lang::Zh).contains("EPSG:4526"), "{}", prefixed.1[0].remedy(Lang::Zh));
    }

    #[test]
    fn contradictions_say_how_to_go_on() {
        let code = |p: &(Option<String>, Vec<Problem>)| (p.0.is_none(), p.1.len(), p.1[0].code);
        let kunming = decided(None, Some("EPSG:32649"), Some([102.6, 24.9, 102.9, 25.1]), false);
        assert_eq!(code(&kunming), (true, 1, Code::E_CRS_RANGE));
        assert!(kunming.1[0].remedy(Lang::En).contains("crs = \"EPSG:4326\""), "{}", kunming.1[0].remedy(Lang::En));
        assert!(kunming.1[0].message(Lang::En).contains("EPSG:32649"));
        let swapped = decided(None, None, Some([37.8, 112.5, 37.9, 112.6]), true);
        assert_eq!(code(&swapped), (true, 1, Code::E_AXIS));
        assert!(swapped.1[0].message(Lang::Zh).contains("(112.5, 37.8)"), "{}", swapped.1[0].message(Lang::Zh));
        assert_eq!(code(&decided(Some("EPSG:99999"), None, DEGREES, true)), (true, 1, Code::E_CRS_UNKNOWN));
        assert_eq!(code(&decided(None, Some("EPSG:4326"), METRES, false)), (true, 1, Code::E_CRS_RANGE));
        assert_eq!(
            code(&decided(Some("EPSG:4525"), None, Some([37_836_000.0, 4.19e6, 38_240_000.0, 4.2e6]), true)),
            (true, 1, Code::E_ZONE)
        );
        let loose = decided(Some("EPSG:2362"), None, Some([38_436_000.0, 4.01e6, 38_440_000.0, 4.02e6]), true);
        assert_eq!((loose.0.as_deref(), loose.1[0].code), (Some("EPSG:2362"), Code::W_CRS_DATUM));
        for (_, problems) in [kunming, swapped, loose] {
            for lang in [Lang::Zh, Lang::En] {
                assert!(
                    !problems[0].message(lang).contains('{') && !problems[0].remedy(lang).contains('{'),
                    "{}",
                    problems[0].remedy(lang)
                );
            }
        }
    }
}
