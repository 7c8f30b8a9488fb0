//! What is required: policy packs as written, as meant, and judged.
