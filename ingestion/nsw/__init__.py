"""The national single window: dossiers, permits, inspections, exemption lists."""
