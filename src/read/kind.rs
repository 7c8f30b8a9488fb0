//! What a file is, by its first bytes and by its name.

use std::path::Path;

/// Formats that are read, and others that are met under a wrong extension.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[allow(missing_docs)]
pub enum Kind {
    Csv,
    Xlsx,
    Xls,
    GeoJson,
    Shapefile,
    /// A shapefile inside a `.zip`; by its first bytes it is [`Kind::Xlsx`], which is a zip as well.
    ZippedShapefile,
    GeoPackage,
    FlatGeobuf,
    Kml,
    /// KML inside a zip; by its first bytes it is [`Kind::Xlsx`].
    Kmz,
    /// A raster; only demand can be one.
    GeoTiff,
    OsmPbf,
    Other(&'static str),
}

impl Kind {
    /// By extension, in any case; `None` for one that says nothing.
    pub fn of_name(path: &Path) -> Option<Kind> {
        let extension = path.extension()?.to_str()?.to_ascii_lowercase();
        Some(match extension.as_str() {
            "csv" | "txt" | "tsv" => Kind::Csv,
            "xlsx" | "xlsm" => Kind::Xlsx,
            "xls" => Kind::Xls,
            "geojson" | "json" => Kind::GeoJson,
            "shp" => Kind::Shapefile,
            "zip" => Kind::ZippedShapefile,
            "gpkg" => Kind::GeoPackage,
            "fgb" => Kind::FlatGeobuf,
            "kml" => Kind::Kml,
            "kmz" => Kind::Kmz,
            "tif" | "tiff" => Kind::GeoTiff,
            "pbf" => Kind::OsmPbf,
            "dbf" => Kind::Other("dBASE"),
            "shx" => Kind::Other("Shapefile index"),
            _ => return None,
        })
    }

    /// By the first bytes; `None` for bytes that are neither text nor any known format.
    pub fn of_content(head: &[u8]) -> Option<Kind> {
        const SIGNATURES: [(&[u8], Kind); 17] = [
            (&[0x00, 0x00, 0x27, 0x0A], Kind::Shapefile),
            (b"SQLite format 3\0", Kind::GeoPackage),
            (b"PK\x03\x04", Kind::Xlsx),
            (b"PK\x05\x06", Kind::Xlsx),
            (&[0xD0, 0xCF, 0x11, 0xE0, 0xA1, 0xB1, 0x1A, 0xE1], Kind::Xls),
            (super::flatgeobuf::MAGIC, Kind::FlatGeobuf),
            (b"%PDF", Kind::Other("PDF")),
            (b"Rar!", Kind::Other("RAR")),
            (b"7z\xBC\xAF\x27\x1C", Kind::Other("7z")),
            (&[0x1F, 0x8B], Kind::Other("gzip")),
            (b"\x89PNG", Kind::Other("PNG")),
            (&[0xFF, 0xD8, 0xFF], Kind::Other("JPEG")),
            (b"II*\0", Kind::GeoTiff),
            (b"MM\0*", Kind::GeoTiff),
            // BigTIFF.
            (b"II+\0", Kind::GeoTiff),
            (b"MM\0+", Kind::GeoTiff),
            (b"PAR1", Kind::Other("Parquet")),
        ];
        if let Some((_, kind)) = SIGNATURES.iter().find(|(signature, _)| head.starts_with(signature)) {
            return Some(*kind);
        }
        // A PBF begins with the length of its first header and the name of its first block.
        if head.len() > 16 && head[4] == 0x0A && head[6..].starts_with(b"OSM") {
            return Some(Kind::OsmPbf);
        }
        let is_utf16 = head.starts_with(&[0xFF, 0xFE]) || head.starts_with(&[0xFE, 0xFF]);
        if head.contains(&0) && !is_utf16 {
            return None;
        }
        let text = head.strip_prefix(&[0xEF, 0xBB, 0xBF]).unwrap_or(head).trim_ascii_start();
        // The record separator of newline-delimited GeoJSON (RFC 8142).
        let text = text.strip_prefix(&[0x1E]).unwrap_or(text);
        let lower: Vec<u8> = text.iter().take(64).map(u8::to_ascii_lowercase).collect();
        Some(match text.first() {
            Some(b'{') => Kind::GeoJson,
            Some(b'[') if text[1..].trim_ascii_start().starts_with(b"{") => Kind::GeoJson,
            // Whatever its name, an XML text is KML when its root is.
            Some(b'<') if text.windows(5).any(|w| w == b"<kml " || w == b"<kml>") => Kind::Kml,
            Some(b'<') if lower.starts_with(b"<?xml") => Kind::Other("XML"),
            Some(b'<') if [&b"<!doctype"[..], b"<html", b"<table", b"<meta", b"<head"].iter().any(|tag| lower.starts_with(tag)) => {
                Kind::Other("HTML")
            }
            _ => Kind::Csv,
        })
    }

    /// What people call it, in either language.
    pub fn name(self) -> &'static str {
        match self {
            Kind::Csv => "CSV",
            Kind::Xlsx => "xlsx (zip)",
            Kind::Xls => "xls",
            Kind::GeoJson => "GeoJSON",
            Kind::Shapefile => "Shapefile",
            Kind::ZippedShapefile => "Shapefile (zip)",
            Kind::GeoPackage => "GeoPackage (SQLite)",
            Kind::FlatGeobuf => "FlatGeobuf",
            Kind::Kml => "KML",
            Kind::Kmz => "KMZ",
            Kind::GeoTiff => "GeoTIFF",
            Kind::OsmPbf => "OSM PBF",
            Kind::Other(name) => name,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn content_is_told_by_its_first_bytes() {
        assert_eq!(Kind::of_content(b"\xEF\xBB\xBF  {\"type\""), Some(Kind::GeoJson));
        assert_eq!(Kind::of_content(b"id,name\n1,a\n"), Some(Kind::Csv));
        assert_eq!(Kind::of_content(b"[{\"a\":1}]"), Some(Kind::GeoJson));
        assert_eq!(Kind::of_content(b"[id],name\n"), Some(Kind::Csv));
        assert_eq!(Kind::of_content(b"<!DOCTYPE html><html>"), Some(Kind::Other("HTML")));
        assert_eq!(Kind::of_content(b"PK\x03\x04...."), Some(Kind::Xlsx));
        assert_eq!(Kind::of_content(b"\xFF\xFEi\0d\0"), Some(Kind::Csv));
        assert_eq!(Kind::of_content(b"ab\0\0\0cd"), None);
        assert_eq!(Kind::of_name(Path::new("A.SHP")), Some(Kind::Shapefile));
        assert_eq!(Kind::of_name(Path::new("a.Zip")), Some(Kind::ZippedShapefile));
        assert_eq!(Kind::of_name(Path::new("a")), None);
    }
}
