//! `network-audit.geojson`: what is wrong with the streets, to look at on a map.

use std::io::{self, Write};

use serde_json::{Map, Value as Json, json};

use crate::network::audit::Gain;
use crate::space::LonLat;
use crate::study::Findings;
use crate::study::audit::{Drawing, PieceFound, PlaceKind};
use crate::units::{Count, Millimetres};
use crate::words::{Lang, say};

/// Properties that every feature has, `null` where they say nothing.
pub const KEYS: [&str; 14] = [
    "kind",
    "id",
    "name",
    "state",
    "length_m",
    "edges",
    "distance_m",
    "gain_m",
    "people",
    "share",
    "facilities",
    "candidates",
    "count",
    "note",
];

/// Writes one feature a line: pieces, islands, loose ends, communities without a street, places far from one.
pub fn write(findings: &Findings, lang: Lang, mut out: impl Write) -> io::Result<()> {
    write!(out, "{{\"schema\":1,\"type\":\"FeatureCollection\",\"name\":\"network-audit\",\"features\":[")?;
    let mut first = true;
    let mut put = |geometry: Json, said: &[(&str, Json)]| -> io::Result<()> {
        let properties: Map<String, Json> = KEYS
            .iter()
            .map(|key| ((*key).to_owned(), said.iter().find(|(k, _)| k == key).map_or(Json::Null, |(_, value)| value.clone())))
            .collect();
        debug_assert!(said.iter().all(|(k, _)| KEYS.contains(k)));
        out.write_all(if std::mem::take(&mut first) { b"\n" } else { b",\n" })?;
        serde_json::to_writer(&mut out, &json!({ "type": "Feature", "properties": properties, "geometry": geometry }))?;
        Ok(())
    };
    let Some(audit) = &findings.audit else { return out.write_all(b"]}\n") };
    let note = |key: &str, with: &[(&str, &str)]| Json::from(say(lang, &format!("audit.{key}"), with));

    for found in &audit.pieces {
        let state = if found.piece.kept { "kept" } else { "cut" };
        put(
            drawing(found),
            &[
                ("kind", "piece".into()),
                ("id", found.number.to_string().into()),
                ("state", state.into()),
                ("length_m", metres(found.piece.length)),
                ("edges", found.piece.edges.into()),
                ("note", note(&format!("piece.{state}"), &[])),
            ],
        )?;
    }
    if audit.further_pieces.0 > 0 {
        let said = [
            ("kind", "piece".into()),
            ("id", "rest".into()),
            ("length_m", metres(audit.further_pieces.1)),
            ("count", audit.further_pieces.0.into()),
            ("note", note("rest", &[])),
        ];
        put(Json::Null, &said)?;
    }
    for island in &audit.islands {
        let names: Vec<&str> = island.communities.iter().map(|c| findings.city.communities[*c as usize].name.as_str()).collect();
        put(
            drawing(&island.found),
            &[
                ("kind", "island".into()),
                ("id", island.found.number.to_string().into()),
                ("name", names.join(";").into()),
                ("state", "kept".into()),
                ("length_m", metres(island.found.piece.length)),
                ("edges", island.found.piece.edges.into()),
                ("people", island.people.map_or(Json::Null, people)),
                ("facilities", island.facilities.into()),
                ("candidates", island.candidates.into()),
                ("note", note("island", &[])),
            ],
        )?;
    }
    if audit.further_islands.0 > 0 {
        let (count, living) = audit.further_islands;
        let said = [
            ("kind", "island".into()),
            ("id", "rest".into()),
            ("people", living.map_or(Json::Null, people)),
            ("count", count.into()),
            ("note", note("rest", &[])),
        ];
        put(Json::Null, &said)?;
    }
    for (i, end) in audit.loose_ends.iter().enumerate() {
        let (state, gain) = match end.gain {
            Gain::Saves(saved) => ("saves", metres(saved)),
            Gain::FarRound => ("far_round", Json::Null),
            Gain::Joins(length) => ("joins", metres(length)),
        };
        put(
            between(end.end, end.spot),
            &[
                ("kind", "loose_end".into()),
                ("id", (i + 1).to_string().into()),
                ("state", state.into()),
                ("distance_m", metres(end.gap)),
                ("gain_m", gain),
                ("note", note(&format!("loose_end.{state}"), &[])),
            ],
        )?;
    }
    if audit.further_loose_ends > 0 {
        let said =
            [("kind", "loose_end".into()), ("id", "rest".into()), ("count", audit.further_loose_ends.into()), ("note", note("rest", &[]))];
        put(Json::Null, &said)?;
    }
    for found in &audit.unsnapped {
        let community = &findings.city.communities[found.community as usize];
        let shape = community.boundary.as_ref().map(|b| {
            let ring = |ring: &geo::LineString<f64>| -> Json { ring.coords().map(|c| position(LonLat { lon: c.x, lat: c.y })).collect() };
            let polygon = |p: &geo::Polygon<f64>| -> Json { std::iter::once(p.exterior()).chain(p.interiors()).map(ring).collect() };
            json!({ "type": "MultiPolygon", "coordinates": b.0.iter().map(polygon).collect::<Json>() })
        });
        let point = community.place.map(|p| json!({ "type": "Point", "coordinates": position(p) }));
        put(
            shape.or(point).unwrap_or(Json::Null),
            &[
                ("kind", "unsnapped_community".into()),
                ("id", community.code.as_str().into()),
                ("name", community.name.as_str().into()),
                ("people", people(found.without)),
                ("share", found.without.share_of(found.people).map_or(Json::Null, |s| rounded(s, 1e6))),
                ("note", note("unsnapped_community", &[("limit", &findings.settings.snap.to_string())])),
            ],
        )?;
    }
    for snap in &audit.snaps {
        let kind = match snap.kind {
            PlaceKind::Facility => "facility",
            PlaceKind::Candidate => "candidate",
            PlaceKind::Demand => "demand",
        };
        let state = if snap.beyond { "beyond" } else { "within" };
        put(
            snap.nearest
                .map_or_else(|| json!({ "type": "Point", "coordinates": position(snap.place) }), |(spot, _)| between(snap.place, spot)),
            &[
                ("kind", "worst_snap".into()),
                ("id", snap.id.as_str().into()),
                ("name", kind.into()),
                ("state", state.into()),
                ("distance_m", snap.nearest.map_or(Json::Null, |(_, leg)| metres(leg))),
                ("people", snap.people.map_or(Json::Null, people)),
                ("note", note(&format!("worst_snap.{state}"), &[("limit", &findings.settings.snap.to_string())])),
            ],
        )?;
    }
    out.write_all(b"\n]}\n")
}

fn drawing(found: &PieceFound) -> Json {
    match &found.drawing {
        Drawing::Lines(lines) => {
            let line = |line: &Vec<LonLat>| -> Json { line.iter().map(|p| position(*p)).collect() };
            json!({ "type": "MultiLineString", "coordinates": lines.iter().map(line).collect::<Json>() })
        }
        Drawing::Box(low, high) => {
            let corner = |lon, lat| position(LonLat { lon, lat });
            let ring = [
                corner(low.lon, low.lat),
                corner(high.lon, low.lat),
                corner(high.lon, high.lat),
                corner(low.lon, high.lat),
                corner(low.lon, low.lat),
            ];
            json!({ "type": "Polygon", "coordinates": [ring] })
        }
    }
}

/// A line, or a point where both are the same to a centimetre.
fn between(a: LonLat, b: LonLat) -> Json {
    let (a, b) = (position(a), position(b));
    if a == b { json!({ "type": "Point", "coordinates": a }) } else { json!({ "type": "LineString", "coordinates": [a, b] }) }
}

/// Seven decimals are a centimetre on the ground.
fn position(place: LonLat) -> Json {
    Json::from(vec![rounded(place.lon, 1e7), rounded(place.lat, 1e7)])
}

fn rounded(x: f64, scale: f64) -> Json {
    // Adding nothing turns −0 into 0.
    Json::from((x * scale).round() / scale + 0.0)
}

fn metres(length: Millimetres) -> Json {
    rounded(length.metres(), 1000.0)
}

fn people(count: Count) -> Json {
    serde_json::from_str(&count.to_string()).unwrap_or(Json::Null)
}
