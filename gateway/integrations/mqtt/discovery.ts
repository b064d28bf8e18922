/**
 * What Home Assistant is told of every meter, relay, battery and price: retained messages by its MQTT discovery. Pure.
 * @module
 */
import type { NodeDescription } from "#gateway/api/ports.ts";
import { ROLE_SOURCES } from "#gateway/api/handlers/commands.ts";
import type { AdmittedBoard, MeterDescription } from "#gateway/store/store.ts";
import { AUTOMATIC, RELAYS } from "./topics.ts";
import type { Topics } from "./topics.ts";

export interface Message {
  topic: string;
  payload: string;
}

export interface DiscoveryOptions {
  topics: Topics;
  prefix: string;
  node: NodeDescription;
  allowControl: boolean;
  /** ISO 4217, when there is a tariff. */
  currency: string | null;
}

type Config = Record<string, unknown>;

const MANUFACTURER = "DAISEE";
const ORIGIN = { name: "DAISEE gateway" };

/** Keys of a meter's state message; mWh and mW go as kWh and W, which Home Assistant's energy dashboard takes. */
const METER_SENSORS: { key: string; name: string; fields: Config; batteryOnly?: boolean }[] = [
  { key: "power", name: "power", fields: { device_class: "power", state_class: "measurement", unit_of_measurement: "W" } },
  { key: "imported", name: "energy imported", fields: { device_class: "energy", state_class: "total_increasing", unit_of_measurement: "kWh" } },
  { key: "exported", name: "energy exported", fields: { device_class: "energy", state_class: "total_increasing", unit_of_measurement: "kWh" } },
  { key: "voltage", name: "voltage", fields: { device_class: "voltage", state_class: "measurement", unit_of_measurement: "V" } },
  { key: "current", name: "current", fields: { device_class: "current", state_class: "measurement", unit_of_measurement: "A" } },
  { key: "charge", name: "charge", fields: { device_class: "battery", state_class: "measurement", unit_of_measurement: "%" }, batteryOnly: true },
];

/** Every discovery message of a home. */
export function discoveryOf(boards: readonly AdmittedBoard[], options: DiscoveryOptions): Message[] {
  const { topics, prefix, node, allowControl, currency } = options;
  const home = `daisee_${node.id}`;
  const gateway = { identifiers: [home], name: node.name, manufacturer: MANUFACTURER, model: "gateway" };
  const message = (component: string, id: string, config: Config): Message => ({
    topic: `${prefix}/${component}/${id}/config`,
    payload: JSON.stringify({ unique_id: id, origin: ORIGIN, qos: 1, ...config }),
  });

  /** Takes back what other settings announced: an empty retained message. */
  const gone = (component: string, id: string): Message => ({ topic: `${prefix}/${component}/${id}/config`, payload: "" });

  function boardMessages(board: AdmittedBoard): Message[] {
    const { boardId, name, role } = board;
    const id = `${home}_${boardId}`;
    const common = {
      device: { identifiers: [id], name, manufacturer: MANUFACTURER, model: `${role} board`, via_device: home },
      availability: [{ topic: topics.gateway }, { topic: topics.board(boardId) }],
      availability_mode: "all",
    };
    const meterMessages = ({ meter, kind, name: meterName }: MeterDescription): Message[] =>
      METER_SENSORS.filter(({ batteryOnly }) => batteryOnly !== true || kind === "battery").map(({ key, name: what, fields }) =>
        message("sensor", `${id}_${meter}_${key}`, {
          ...common,
          ...fields,
          name: `${meterName} ${what}`,
          state_topic: topics.meter(boardId, meter),
          value_template: `{{ value_json.${key} }}`,
        }),
      );
    const relayMessages = RELAYS[role].flatMap(({ on }, index) => {
      const relay = `relay${index + 1}`;
      const state = { ...common, name: `Relay K${index + 1} (${on})`, state_topic: topics.relays(boardId), value_template: `{{ value_json.${relay} }}` };
      return allowControl
        ? [message("switch", `${id}_${relay}`, { ...state, command_topic: topics.set(boardId, relay), optimistic: false }), gone("binary_sensor", `${id}_${relay}`)]
        : [message("binary_sensor", `${id}_${relay}`, state), gone("switch", `${id}_${relay}`)];
    });
    const source = { ...common, name: "Source", state_topic: topics.relays(boardId), value_template: "{{ value_json.source }}" };
    const sourceMessages = [message("sensor", `${id}_source`, { ...source, device_class: "enum", options: ROLE_SOURCES[role] })];
    if (allowControl) {
      const hold = { ...source, name: "Hold source", value_template: "{{ value_json.held }}" };
      const choices = [AUTOMATIC, ...ROLE_SOURCES[role]];
      sourceMessages.push(message("select", `${id}_hold`, { ...hold, command_topic: topics.set(boardId, "source"), options: choices, optimistic: false }));
    } else sourceMessages.push(gone("select", `${id}_hold`));
    return [...board.meters.flatMap(meterMessages), ...relayMessages, ...sourceMessages];
  }

  const price =
    currency === null
      ? []
      : [
          message("sensor", `${home}_price`, {
            device: gateway,
            availability: [{ topic: topics.gateway }],
            name: "Price",
            state_class: "measurement",
            unit_of_measurement: `${currency}/kWh`,
            state_topic: topics.price,
          }),
        ];
  return [...boards.flatMap(boardMessages), ...price];
}
