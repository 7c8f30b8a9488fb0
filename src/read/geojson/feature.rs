//! One feature: its properties as cells under the columns of the file, and its shape.

use std::borrow::Cow;
use std::collections::HashMap;
use std::fmt;

use geo::{Coord, Geometry, GeometryCollection, LineString, MultiLineString, MultiPoint, MultiPolygon, Point, Polygon};
use geojson::{GeometryValue, Position};
use serde::Deserialize;
use serde::de::{DeserializeSeed, Deserializer, Error as _, IgnoredAny, MapAccess, SeqAccess, Visitor};

use crate::read::Cell;

/// Largest whole number that a double holds with all its digits; longer codes are kept as text.
const EXACT: u64 = 1 << 53;

/// Property names in order of first appearance. A feature's own `id` is the last column where no property is called so.
#[derive(Default)]
pub struct Columns {
    names: Vec<String>,
    places: HashMap<String, usize>,
    own_id: bool,
    id_column: Option<usize>,
}

/// The values of one feature, kept from feature to feature for their room.
#[derive(Default)]
pub struct Parsed {
    values: Vec<Value>,
    text: String,
    /// Whether a ring of the shape did not end where it began.
    pub open_ring: bool,
}

#[derive(Clone, Copy)]
enum Value {
    Empty,
    Number(f64),
    Bool(bool),
    /// A range of `Parsed::text`.
    Text(usize, usize),
}

impl Columns {
    /// Takes in the property names of one feature.
    pub fn learn(&mut self, feature: &[u8]) -> serde_json::Result<()> {
        serde_json::Deserializer::from_slice(feature).deserialize_map(Names(self))
    }

    /// After the last feature.
    pub fn finish(&mut self) {
        if self.own_id && !self.places.contains_key("id") {
            self.id_column = Some(self.names.len());
            self.names.push("id".to_owned());
        }
    }

    /// The headings.
    pub fn names(&self) -> &[String] {
        &self.names
    }

    /// Reads one feature; on an error its values are whatever came before it.
    pub fn parse(&self, feature: &[u8], parsed: &mut Parsed) -> Result<Option<Geometry<f64>>, String> {
        parsed.values.clear();
        parsed.values.resize(self.names.len(), Value::Empty);
        parsed.text.clear();
        parsed.open_ring = false;
        let shape =
            serde_json::Deserializer::from_slice(feature).deserialize_map(Feature { columns: self, parsed }).map_err(|e| e.to_string())?;
        // A point without coordinates is how an empty one is written: no position.
        let shape = shape.filter(|s| !matches!(s, GeometryValue::Point { coordinates } if coordinates.as_slice().is_empty()));
        shape.map(|shape| to_geo(&shape, &mut parsed.open_ring)).transpose().map_err(str::to_owned)
    }

    fn place(&self, name: &str, expected: usize) -> Option<usize> {
        // Features mostly repeat the order of the first one.
        if self.names.get(expected).is_some_and(|n| n == name) {
            return Some(expected);
        }
        self.places.get(name).copied()
    }
}

impl Parsed {
    /// One cell for each column.
    pub fn fill<'p>(&'p self, row: &mut Vec<Cell<'p>>) {
        row.extend(self.values.iter().map(|value| match *value {
            Value::Empty => Cell::Empty,
            Value::Number(number) => Cell::Number(number),
            Value::Bool(truth) => Cell::Bool(truth),
            Value::Text(from, to) => Cell::Text(&self.text[from..to]),
        }));
    }
}

/// First pass over a feature: names only.
struct Names<'c>(&'c mut Columns);

impl<'de> Visitor<'de> for Names<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a GeoJSON feature")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        while let Some(key) = map.next_key::<Text<'de>>()? {
            match key.0.as_ref() {
                "properties" => map.next_value_seed(PropertyNames(self.0))?,
                "id" => {
                    self.0.own_id = true;
                    map.next_value::<IgnoredAny>()?;
                }
                _ => {
                    map.next_value::<IgnoredAny>()?;
                }
            }
        }
        Ok(())
    }
}

struct PropertyNames<'c>(&'c mut Columns);

impl<'de> DeserializeSeed<'de> for PropertyNames<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for PropertyNames<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object of properties, or null")
    }

    fn visit_unit<E>(self) -> Result<(), E> {
        Ok(())
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        let mut expected = 0;
        while let Some(key) = map.next_key::<Text<'de>>()? {
            let place = self.0.place(&key.0, expected).unwrap_or_else(|| {
                let place = self.0.names.len();
                self.0.names.push(key.0.to_string());
                self.0.places.insert(key.0.into_owned(), place);
                place
            });
            expected = place + 1;
            map.next_value::<IgnoredAny>()?;
        }
        Ok(())
    }
}

/// Second pass: values and shape. A bare geometry is its own shape.
struct Feature<'c, 'p> {
    columns: &'c Columns,
    parsed: &'p mut Parsed,
}

impl<'de> Visitor<'de> for Feature<'_, '_> {
    type Value = Option<GeometryValue>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a GeoJSON feature")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        let (mut shape, mut bare) = (None, serde_json::Map::new());
        while let Some(key) = map.next_key::<Text<'de>>()? {
            match key.0.as_ref() {
                "properties" => map.next_value_seed(Properties { columns: self.columns, parsed: self.parsed })?,
                "geometry" => shape = map.next_value::<Option<geojson::Geometry>>()?.map(|g| g.value),
                "id" => {
                    let slot = self.columns.id_column;
                    map.next_value_seed(Slot { parsed: self.parsed, at: slot })?;
                }
                "type" => {
                    bare.insert("type".to_owned(), map.next_value()?);
                }
                "coordinates" | "geometries" => {
                    bare.insert(key.0.into_owned(), map.next_value()?);
                }
                _ => {
                    map.next_value::<IgnoredAny>()?;
                }
            }
        }
        if bare.len() == 2 {
            let geometry: geojson::Geometry = serde_json::from_value(bare.into()).map_err(A::Error::custom)?;
            shape = Some(geometry.value);
        }
        Ok(shape)
    }
}

struct Properties<'c, 'p> {
    columns: &'c Columns,
    parsed: &'p mut Parsed,
}

impl<'de> DeserializeSeed<'de> for Properties<'_, '_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Properties<'_, '_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object of properties, or null")
    }

    fn visit_unit<E>(self) -> Result<(), E> {
        Ok(())
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        let mut expected = 0;
        while let Some(key) = map.next_key::<Text<'de>>()? {
            let at = self.columns.place(&key.0, expected);
            expected = at.map_or(0, |at| at + 1);
            map.next_value_seed(Slot { parsed: self.parsed, at })?;
        }
        Ok(())
    }
}

/// Where one value goes.
struct Slot<'p> {
    parsed: &'p mut Parsed,
    at: Option<usize>,
}

impl Slot<'_> {
    fn put(self, value: Value) {
        if let Some(slot) = self.at.and_then(|at| self.parsed.values.get_mut(at)) {
            *slot = value;
        }
    }

    fn put_text(self, text: &str) {
        let from = self.parsed.text.len();
        self.parsed.text.push_str(text);
        let value = if text.is_empty() { Value::Empty } else { Value::Text(from, self.parsed.text.len()) };
        self.put(value);
    }
}

impl<'de> DeserializeSeed<'de> for Slot<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Slot<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a property value")
    }

    fn visit_unit<E>(self) -> Result<(), E> {
        self.put(Value::Empty);
        Ok(())
    }

    fn visit_bool<E>(self, value: bool) -> Result<(), E> {
        self.put(Value::Bool(value));
        Ok(())
    }

    fn visit_f64<E>(self, value: f64) -> Result<(), E> {
        self.put(Value::Number(value));
        Ok(())
    }

    fn visit_u64<E>(self, value: u64) -> Result<(), E> {
        if value <= EXACT {
            self.put(Value::Number(value as f64))
        } else {
            self.put_text(&value.to_string())
        }
        Ok(())
    }

    fn visit_i64<E>(self, value: i64) -> Result<(), E> {
        if value.unsigned_abs() <= EXACT {
            self.put(Value::Number(value as f64))
        } else {
            self.put_text(&value.to_string())
        }
        Ok(())
    }

    fn visit_str<E>(self, value: &str) -> Result<(), E> {
        self.put_text(value);
        Ok(())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, seq: A) -> Result<(), A::Error> {
        let nested = serde_json::Value::deserialize(serde::de::value::SeqAccessDeserializer::new(seq))?;
        self.put_text(&nested.to_string());
        Ok(())
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<(), A::Error> {
        let nested = serde_json::Value::deserialize(serde::de::value::MapAccessDeserializer::new(map))?;
        self.put_text(&nested.to_string());
        Ok(())
    }
}

/// A key, borrowed from the text unless it holds escapes.
#[derive(Deserialize)]
struct Text<'a>(#[serde(borrow)] Cow<'a, str>);

/// The crate's own conversion panics on a position without two numbers; this one says so.
fn to_geo(value: &GeometryValue, open_ring: &mut bool) -> Result<Geometry<f64>, &'static str> {
    Ok(match value {
        GeometryValue::Point { coordinates } => Geometry::Point(Point(coord(coordinates)?)),
        GeometryValue::MultiPoint { coordinates } => Geometry::MultiPoint(MultiPoint(line(coordinates)?.into_points())),
        GeometryValue::LineString { coordinates } => Geometry::LineString(line(coordinates)?),
        GeometryValue::MultiLineString { coordinates } => {
            Geometry::MultiLineString(MultiLineString(coordinates.iter().map(|l| line(l)).collect::<Result<_, _>>()?))
        }
        GeometryValue::Polygon { coordinates } => Geometry::Polygon(polygon(coordinates, open_ring)?),
        GeometryValue::MultiPolygon { coordinates } => {
            Geometry::MultiPolygon(MultiPolygon(coordinates.iter().map(|p| polygon(p, open_ring)).collect::<Result<_, _>>()?))
        }
        GeometryValue::GeometryCollection { geometries } => Geometry::GeometryCollection(GeometryCollection(
            geometries.iter().map(|g| to_geo(&g.value, open_ring)).collect::<Result<_, _>>()?,
        )),
    })
}

fn coord(position: &Position) -> Result<Coord<f64>, &'static str> {
    match position.as_slice() {
        [x, y, ..] => Ok(Coord { x: *x, y: *y }),
        _ => Err("a position with fewer than two numbers"),
    }
}

fn line(positions: &[Position]) -> Result<LineString<f64>, &'static str> {
    positions.iter().map(coord).collect::<Result<Vec<_>, _>>().map(LineString)
}

/// `Polygon::new` closes rings by itself, so open ones are noted before.
fn polygon(rings: &[Vec<Position>], open_ring: &mut bool) -> Result<Polygon<f64>, &'static str> {
    let mut rings = rings.iter().map(|ring| {
        let ring = line(ring)?;
        *open_ring |= ring.0.first() != ring.0.last();
        Ok::<_, &'static str>(ring)
    });
    let exterior = rings.next().transpose()?.unwrap_or(LineString(Vec::new()));
    Ok(Polygon::new(exterior, rings.collect::<Result<_, _>>()?))
}
