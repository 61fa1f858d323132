/** A manifest to start from. Its address is this machine's, where a new plugin usually runs first. */
export const MANIFEST_EXAMPLE = `# plugin.yaml: what a plugin is and how to reach it
type: http
endpoint: http://127.0.0.1:8090
metadata:
  name: My plugin
  provider_type: my-plugin
  version: "1.0.0"
  plugin_api_version: "1.0.0"
  description: What it offers, in one sentence
  author: Your name
  capabilities:
    streaming: true
  # What people fill in before it can be enabled
  config_schema:
    - name: api_key
      type: string
      required: true
      sensitive: true
      description: Where to get the key
    - name: timeout
      type: int
      description: Seconds to wait for an answer
      default: 30
      validation:
        min: 1
        max: 300
auto_start: false
health_check_interval: 60
`;
