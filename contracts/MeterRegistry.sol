// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {AccessControl} from "@openzeppelin/contracts/access/AccessControl.sol";
import {Pausable} from "@openzeppelin/contracts/utils/Pausable.sol";
import {IMeterRegistry, Meter, MeterKind, Node} from "./interfaces/IMeterRegistry.sol";

/// @title MeterRegistry
/// @notice See {IMeterRegistry}. Roles live here for all of DAISEE's contracts: the ledger asks this registry for its guardian.
contract MeterRegistry is IMeterRegistry, AccessControl, Pausable {
    /// @notice Admits and retires nodes and meters.
    bytes32 public constant REGISTRAR_ROLE = keccak256("REGISTRAR_ROLE");
    /// @notice Pauses, here and in the ledger.
    bytes32 public constant GUARDIAN_ROLE = keccak256("GUARDIAN_ROLE");

    /// Bits of a meter id that must be zero: all behind the board id (6 bytes) and the meter index (1 byte).
    uint256 private constant METER_ID_PADDING = type(uint256).max >> 56;

    /// @inheritdoc IMeterRegistry
    uint32 public nodeCount;

    mapping(uint32 node => Node) private _nodes;
    mapping(address gatewayKey => uint32 node) private _nodeOf;
    mapping(bytes32 meterId => Meter) private _meters;

    /// @param community Account that holds every role from the first block on. The deployer never holds any.
    constructor(address community) {
        if (community == address(0)) revert ZeroAddress();
        _grantRole(DEFAULT_ADMIN_ROLE, community);
        _grantRole(REGISTRAR_ROLE, community);
        _grantRole(GUARDIAN_ROLE, community);
    }

    /// @inheritdoc IMeterRegistry
    function admitNode(address account, address gatewayKey)
        external
        onlyRole(REGISTRAR_ROLE)
        whenNotPaused
        returns (uint32 node)
    {
        if (account == address(0)) revert ZeroAddress();
        node = ++nodeCount;
        _bindGateway(node, gatewayKey);
        _nodes[node] = Node({account: account, gatewayKey: gatewayKey, active: true});
        emit NodeAdmitted(node, account, gatewayKey);
    }

    /// @inheritdoc IMeterRegistry
    function replaceGateway(uint32 node, address gatewayKey) external onlyRole(REGISTRAR_ROLE) whenNotPaused {
        Node storage home = _activeNode(node);
        address oldKey = home.gatewayKey;
        _bindGateway(node, gatewayKey);
        delete _nodeOf[oldKey];
        home.gatewayKey = gatewayKey;
        emit GatewayReplaced(node, oldKey, gatewayKey);
    }

    /// @inheritdoc IMeterRegistry
    function retireNode(uint32 node) external onlyRole(REGISTRAR_ROLE) whenNotPaused {
        Node storage home = _activeNode(node);
        delete _nodeOf[home.gatewayKey];
        home.active = false;
        emit NodeRetired(node);
    }

    /// @inheritdoc IMeterRegistry
    function admitMeter(uint32 node, bytes32 meterId, MeterKind kind, uint32 ratedPowerW)
        external
        onlyRole(REGISTRAR_ROLE)
        whenNotPaused
    {
        _activeNode(node);
        if (meterId == 0 || uint256(meterId) & METER_ID_PADDING != 0) revert MalformedMeterId(meterId);
        if (ratedPowerW == 0) revert ZeroRatedPower();
        Meter memory known = _meters[meterId];
        if (known.active) revert MeterAlreadyActive(meterId, known.node);

        uint32 admission = known.admission + 1;
        _meters[meterId] =
            Meter({node: node, ratedPowerW: ratedPowerW, admission: admission, kind: kind, active: true});
        emit MeterAdmitted(meterId, node, kind, ratedPowerW, admission);
    }

    /// @inheritdoc IMeterRegistry
    function retireMeter(bytes32 meterId) external onlyRole(REGISTRAR_ROLE) whenNotPaused {
        Meter storage known = _meters[meterId];
        if (!known.active) revert MeterNotActive(meterId);
        known.active = false;
        emit MeterRetired(meterId, known.node);
    }

    /// @inheritdoc IMeterRegistry
    function pause() external onlyRole(GUARDIAN_ROLE) {
        _pause();
    }

    /// @inheritdoc IMeterRegistry
    function unpause() external onlyRole(GUARDIAN_ROLE) {
        _unpause();
    }

    /// @inheritdoc IMeterRegistry
    function nodeInfo(uint32 node) external view returns (Node memory) {
        return _nodes[node];
    }

    /// @inheritdoc IMeterRegistry
    function nodeOf(address gatewayKey) external view returns (uint32 node) {
        return _nodeOf[gatewayKey];
    }

    /// @inheritdoc IMeterRegistry
    function meter(bytes32 meterId) external view returns (Meter memory) {
        return _meters[meterId];
    }

    function _bindGateway(uint32 node, address gatewayKey) private {
        if (gatewayKey == address(0)) revert ZeroAddress();
        uint32 user = _nodeOf[gatewayKey];
        if (user != 0) revert GatewayKeyInUse(gatewayKey, user);
        _nodeOf[gatewayKey] = node;
    }

    function _activeNode(uint32 node) private view returns (Node storage home) {
        home = _nodes[node];
        if (!home.active) revert NodeNotActive(node);
    }
}
