#include "service/routes/routes.hpp"

namespace microchim::routes {

nlohmann::json own_schemas() {
    return nlohmann::json::parse(R"({
"Problem": {"type": "object", "required": ["type", "title", "status", "code"], "properties": {
  "type": {"type": "string"}, "title": {"type": "string"}, "status": {"type": "integer"}, "code": {"type": "string"},
  "detail": {"type": "string"}, "instance": {"type": "string"}}},
"Id": {"type": "string", "pattern": "^[A-Za-z0-9._-]{1,64}$"},
"UserId": {"type": "string", "pattern": "^[a-z][a-z0-9._-]{0,31}$"},
"Name": {"type": "string", "minLength": 1, "maxLength": 100},
"Password": {"type": "string", "minLength": 1, "maxLength": 256, "format": "password"},
"Role": {"enum": ["technician", "reviewer", "admin", "auditor"]},
"Time": {"type": "string", "format": "date-time"},
"TimeOrNull": {"type": ["string", "null"], "format": "date-time"},
"Login": {"type": "object", "required": ["user", "password"], "additionalProperties": false, "properties": {
  "user": {"type": "string", "minLength": 1, "maxLength": 64}, "password": {"$ref": "#/components/schemas/Password"}}},
"Session": {"type": "object", "required": ["user", "name", "role", "session", "csrf_token"], "properties": {
  "user": {"type": "string"}, "name": {"type": "string"}, "role": {"$ref": "#/components/schemas/Role"},
  "session": {"type": "string"}, "csrf_token": {"type": "string"}}},
"Sessions": {"type": "object", "required": ["items"], "properties": {"items": {"type": "array", "items": {
  "type": "object", "properties": {"id": {"type": "string"}, "address": {"type": "string"},
  "opened_at": {"$ref": "#/components/schemas/Time"}, "idle_seconds": {"type": "integer"},
  "this": {"type": "boolean"}}}}}},
"PasswordChange": {"type": "object", "required": ["password", "new_password"], "additionalProperties": false,
  "properties": {"password": {"$ref": "#/components/schemas/Password"},
  "new_password": {"$ref": "#/components/schemas/Password"}}},
"Setup": {"type": "object", "required": ["code", "user", "name", "password"], "additionalProperties": false,
  "properties": {"code": {"type": "string", "minLength": 1, "maxLength": 64},
  "user": {"$ref": "#/components/schemas/UserId"}, "name": {"$ref": "#/components/schemas/Name"},
  "password": {"$ref": "#/components/schemas/Password"}}},
"Made": {"type": "object", "required": ["user"], "properties": {"user": {"type": "string"}}},
"User": {"type": "object", "required": ["id", "name", "role", "created_at", "closed_at"], "properties": {
  "id": {"type": "string"}, "name": {"type": "string"}, "role": {"$ref": "#/components/schemas/Role"},
  "created_at": {"$ref": "#/components/schemas/Time"}, "closed_at": {"$ref": "#/components/schemas/TimeOrNull"}}},
"Users": {"type": "object", "required": ["items"], "properties": {
  "items": {"type": "array", "items": {"$ref": "#/components/schemas/User"}}}},
"NewUser": {"type": "object", "required": ["id", "name", "role", "password"], "additionalProperties": false,
  "properties": {"id": {"$ref": "#/components/schemas/UserId"}, "name": {"$ref": "#/components/schemas/Name"},
  "role": {"$ref": "#/components/schemas/Role"}, "password": {"$ref": "#/components/schemas/Password"}}},
"UserChange": {"type": "object", "minProperties": 1, "maxProperties": 1, "additionalProperties": false, "properties": {
  "name": {"$ref": "#/components/schemas/Name"}, "role": {"$ref": "#/components/schemas/Role"},
  "password": {"$ref": "#/components/schemas/Password"}, "closed": {"const": true}}},
"Token": {"type": "object", "required": ["id", "name", "destination", "created_at", "expires_at", "revoked_at"],
  "properties": {"id": {"type": "integer"}, "name": {"type": "string"}, "destination": {"type": "string"},
  "created_at": {"$ref": "#/components/schemas/Time"}, "expires_at": {"$ref": "#/components/schemas/Time"},
  "revoked_at": {"$ref": "#/components/schemas/TimeOrNull"}}},
"Tokens": {"type": "object", "required": ["items"], "properties": {
  "items": {"type": "array", "items": {"$ref": "#/components/schemas/Token"}}}},
"NewToken": {"type": "object", "required": ["name", "destination", "days"], "additionalProperties": false,
  "properties": {"name": {"type": "string", "minLength": 1, "maxLength": 64},
  "destination": {"type": "string", "minLength": 1, "maxLength": 64},
  "days": {"type": "integer", "minimum": 1, "maximum": 365}}},
"MadeToken": {"allOf": [{"$ref": "#/components/schemas/Token"},
  {"type": "object", "required": ["secret"], "properties": {"secret": {"type": "string"}}}]}
})");
}

}  // namespace microchim::routes
