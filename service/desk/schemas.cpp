#include "service/desk/desk.hpp"

namespace microchim::desk {

nlohmann::json schemas() {
    return nlohmann::json::parse(R"({
"Job": {"type": "object", "required": ["id", "name", "source", "state", "progress", "created_at"], "properties": {
  "id": {"type": "integer"}, "name": {"type": "string"}, "source": {"enum": ["inbox", "upload"]},
  "state": {"enum": ["waiting", "running", "done", "failed"]}, "created_at": {"type": "string", "format": "date-time"},
  "created_by": {"type": "string"}, "ended_at": {"type": ["string", "null"]}, "problem": {"type": ["object", "null"]},
  "progress": {"type": ["object", "null"], "required": ["stage", "jobs_before"], "properties": {
  "stage": {"enum": ["waiting", "starting", "reading", "calculating", "storing"]},
  "jobs_before": {"type": "integer", "minimum": 0}}}}},
"Wells": {"type": "object", "required": ["schema", "runs"], "properties": {"schema": {"const": "microchim/wells/1"},
  "runs": {"type": "array", "items": {"type": "object", "required": ["run", "wells"], "properties": {
  "run": {"type": "integer"}, "id": {"type": "string"}, "rows": {"type": "integer"}, "columns": {"type": "integer"},
  "wells": {"type": "array", "items": {"type": "object", "required": ["well", "droplets", "curves"], "properties": {
  "well": {"type": "string"}, "sample": {"type": "string"}, "type": {"type": "string"},
  "targets": {"type": "array", "items": {"type": "object"}}, "droplets": {"type": ["object", "null"]},
  "curves": {"type": "array", "items": {"type": "object"}}}}}}}}}},
"Jobs": {"type": "object", "required": ["items", "next"], "properties": {"items": {"type": "array", "items": {
  "$ref": "#/components/schemas/Job"}}, "next": {"type": ["integer", "null"]}}},
"ResultHead": {"type": "object", "required": ["id", "version", "revision", "state", "sample", "accession", "sha256"],
  "properties": {"id": {"type": "string"}, "version": {"type": "integer"}, "revision": {"type": "integer"},
  "state": {"enum": ["calculated", "reviewed", "signed", "released", "rejected"]}, "sample": {"type": "string"},
  "accession": {"type": "string"}, "order": {"type": ["integer", "null"]}, "job": {"type": ["integer", "null"]},
  "imported_by": {"type": "string"}, "created_at": {"type": "string", "format": "date-time"},
  "sha256": {"type": "string"}}},
"Results": {"type": "object", "required": ["items", "next"], "properties": {"items": {"type": "array", "items": {
  "$ref": "#/components/schemas/ResultHead"}}, "next": {"type": ["string", "null"]}}},
"Result": {"allOf": [{"$ref": "#/components/schemas/ResultHead"}, {"type": "object",
  "required": ["document", "events", "signatures", "intact"], "properties": {"document": {"type": "object"},
  "events": {"type": "array", "items": {"type": "object"}}, "signatures": {"type": "array", "items": {"type": "object"}},
  "intact": {"type": "boolean"}}}]},
"Step": {"type": "object", "additionalProperties": false, "properties": {"reason": {"type": "string", "maxLength": 500}}},
"Release": {"type": "object", "additionalProperties": false, "properties": {
  "reason": {"type": "string", "maxLength": 500}, "no_result": {"type": "boolean"}}},
"Signing": {"type": "object", "required": ["meaning", "password"], "additionalProperties": false, "properties": {
  "meaning": {"enum": ["performed", "reviewed", "authorised"]},
  "password": {"type": "string", "minLength": 1, "maxLength": 256, "format": "password"},
  "reason": {"type": "string", "maxLength": 500}, "no_result": {"type": "boolean"}}},
"Amendment": {"type": "object", "additionalProperties": false, "properties": {
  "reason": {"type": "string", "maxLength": 500}, "from": {"type": "string", "maxLength": 64}}},
"NewOrder": {"type": "object", "required": ["placer", "accession", "test"], "additionalProperties": false, "properties": {
  "placer": {"type": "string", "minLength": 1, "maxLength": 64}, "accession": {"type": "string", "minLength": 1,
  "maxLength": 64}, "test": {"type": "string", "minLength": 1, "maxLength": 64},
  "specimen_type": {"type": "string", "maxLength": 32}}},
"Order": {"type": "object", "required": ["id", "peer", "placer", "accession", "state"], "properties": {
  "id": {"type": "integer"}, "peer": {"type": "string"}, "placer": {"type": "string"}, "accession": {"type": "string"},
  "state": {"enum": ["ordered", "cancelled", "reported"]}, "test": {"type": "string"},
  "specimen_type": {"type": "string"}, "created_at": {"type": "string", "format": "date-time"}}},
"Orders": {"type": "object", "required": ["items", "next"], "properties": {"items": {"type": "array", "items": {
  "$ref": "#/components/schemas/Order"}}, "next": {"type": ["integer", "null"]}}},
"OutboxItem": {"type": "object", "required": ["id", "destination", "state", "attempts"], "properties": {
  "id": {"type": "integer"}, "destination": {"type": "string"}, "result": {"type": "string"},
  "version": {"type": "integer"}, "control_id": {"type": "string"}, "state": {"type": "string"},
  "attempts": {"type": "integer"}, "next_attempt": {"type": ["string", "null"]}, "last_ack": {"type": "string"},
  "last_error_code": {"type": "string"}, "created_at": {"type": "string"}, "accepted_at": {"type": ["string", "null"]}}},
"Outbox": {"type": "object", "required": ["items", "next"], "properties": {"items": {"type": "array", "items": {
  "$ref": "#/components/schemas/OutboxItem"}}, "next": {"type": ["integer", "null"]}}},
"Reason": {"type": "object", "required": ["reason"], "additionalProperties": false, "properties": {
  "reason": {"type": "string", "minLength": 1, "maxLength": 500}}},
"AuditCheck": {"type": "object", "required": ["rows", "verified"], "properties": {"rows": {"type": "integer"},
  "verified": {"type": "boolean"}, "first_bad": {"type": ["integer", "null"]}, "what": {"type": "string"}}},
"Troubles": {"type": "object", "required": ["items"], "properties": {"items": {"type": "array", "items": {
  "type": "object"}}}},
"Status": {"type": "object", "required": ["schema", "running"], "properties": {"schema": {"type": "string"},
  "running": {"type": "boolean"}}}
})");
}

}  // namespace microchim::desk
