// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {AccessControl} from "@openzeppelin/contracts/access/AccessControl.sol";
import {Pausable} from "@openzeppelin/contracts/utils/Pausable.sol";
import {IMeterRegistry, Meter, MeterKind, Node} from "./interfaces/IMeterRegistry.sol";
import {Roles} from "./libraries/Roles.sol";

/// @title MeterRegistry
/// @notice See {IMeterRegistry}. Roles live here for all of DAISEE's contracts: the others ask this registry.
contract MeterRegistry is IMeterRegistry, AccessControl, Pausable {
    /// @dev See {reporter}.
    struct Reporter {
        uint32 node;
        uint32 revision;
    }

    /// Bits of a meter id that must be zero: all behind the board id (6 bytes) and the meter index (1 byte).
    uint256 private constant METER_ID_PADDING = type(uint256).max >> 56;

    /// @inheritdoc IMeterRegistry
    uint32 public nodeCount;
    /// Numbers admissions and revisions.
    uint32 private _changes;

    mapping(uint32 node => Node) private _nodes;
    mapping(uint32 node => bytes32 meterId) private _busMeterOf;
    mapping(uint32 node => uint8 epoch) private _busEpochOf;
    mapping(address gatewayKey => Reporter) private _reporters;
    mapping(bytes32 meterId => Meter) private _meters;

    /// @param community Account that holds every role from the first block on. The deployer never holds any.
    constructor(address community) {
        if (community == address(0)) revert ZeroAddress();
        _grantRole(DEFAULT_ADMIN_ROLE, community);
        _grantRole(Roles.REGISTRAR, community);
        _grantRole(Roles.GUARDIAN, community);
        _grantRole(Roles.TREASURER, community);
        _grantRole(Roles.ARBITER, community);
    }

    /// @inheritdoc IMeterRegistry
    function admitNode(address account, address gatewayKey)
        external
        onlyRole(Roles.REGISTRAR)
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
    function replaceAccount(uint32 node, address account) external onlyRole(Roles.REGISTRAR) whenNotPaused {
        if (account == address(0)) revert ZeroAddress();
        Node storage home = _activeNode(node);
        address oldAccount = home.account;
        home.account = account;
        emit AccountReplaced(node, oldAccount, account);
    }

    /// @inheritdoc IMeterRegistry
    function revokeGateway(uint32 node) external onlyRole(Roles.REGISTRAR) whenNotPaused {
        Node storage home = _activeNode(node);
        address gatewayKey = home.gatewayKey;
        if (gatewayKey == address(0)) revert GatewayAlreadyRevoked(node);
        delete _reporters[gatewayKey];
        home.gatewayKey = address(0);
        emit GatewayRevoked(node, gatewayKey);
    }

    /// @inheritdoc IMeterRegistry
    function replaceGateway(uint32 node, address gatewayKey) external onlyRole(Roles.REGISTRAR) whenNotPaused {
        Node storage home = _activeNode(node);
        address oldKey = home.gatewayKey;
        _bindGateway(node, gatewayKey);
        delete _reporters[oldKey];
        home.gatewayKey = gatewayKey;
        emit GatewayReplaced(node, oldKey, gatewayKey);
    }

    /// @inheritdoc IMeterRegistry
    function retireNode(uint32 node) external onlyRole(Roles.REGISTRAR) whenNotPaused {
        Node storage home = _activeNode(node);
        delete _reporters[home.gatewayKey];
        home.active = false;
        emit NodeRetired(node);
    }

    /// @inheritdoc IMeterRegistry
    function admitMeter(uint32 node, bytes32 meterId, MeterKind kind, uint24 ratedPowerW)
        external
        onlyRole(Roles.REGISTRAR)
        whenNotPaused
    {
        _admitMeter(node, meterId, kind, ratedPowerW);
    }

    /// @inheritdoc IMeterRegistry
    function replaceMeter(bytes32 oldMeterId, bytes32 newMeterId, uint24 ratedPowerW)
        external
        onlyRole(Roles.REGISTRAR)
        whenNotPaused
    {
        Meter memory old = _meters[oldMeterId];
        _retireMeter(oldMeterId);
        emit MeterReplaced(oldMeterId, newMeterId, old.node);
        _admitMeter(old.node, newMeterId, old.kind, ratedPowerW);
    }

    /// @inheritdoc IMeterRegistry
    function retireMeter(bytes32 meterId) external onlyRole(Roles.REGISTRAR) whenNotPaused {
        _retireMeter(meterId);
    }

    /// @inheritdoc IMeterRegistry
    function pause() external onlyRole(Roles.GUARDIAN) {
        _pause();
    }

    /// @inheritdoc IMeterRegistry
    function unpause() external onlyRole(Roles.GUARDIAN) {
        _unpause();
    }

    /// @inheritdoc IMeterRegistry
    function nodeInfo(uint32 node) external view returns (Node memory) {
        return _nodes[node];
    }

    /// @inheritdoc IMeterRegistry
    function nodeOf(address gatewayKey) external view returns (uint32 node) {
        return _reporters[gatewayKey].node;
    }

    /// @inheritdoc IMeterRegistry
    function reporter(address gatewayKey) external view returns (uint32 node, uint32 revision) {
        Reporter memory known = _reporters[gatewayKey];
        return (known.node, known.revision);
    }

    /// @inheritdoc IMeterRegistry
    function meter(bytes32 meterId) external view returns (Meter memory) {
        return _meters[meterId];
    }

    /// @inheritdoc IMeterRegistry
    function busMeterOf(uint32 node) external view returns (bytes32 meterId) {
        return _busMeterOf[node];
    }

    function _admitMeter(uint32 node, bytes32 meterId, MeterKind kind, uint24 ratedPowerW) private {
        address gatewayKey = _activeNode(node).gatewayKey;
        if (meterId == 0 || uint256(meterId) & METER_ID_PADDING != 0) revert MalformedMeterId(meterId);
        if (ratedPowerW == 0) revert ZeroRatedPower();
        Meter memory known = _meters[meterId];
        if (known.active) revert MeterAlreadyActive(meterId, known.node);
        uint8 epoch = kind == MeterKind.Bus ? _bindBus(node, meterId) : 0;
        uint32 admission = _touch(gatewayKey);
        _meters[meterId] = Meter({
            node: node,
            ratedPowerW: ratedPowerW,
            admission: admission,
            kind: kind,
            active: true,
            epoch: epoch
        });
        emit MeterAdmitted(meterId, node, kind, ratedPowerW, admission);
    }

    function _retireMeter(bytes32 meterId) private {
        Meter storage known = _meters[meterId];
        if (!known.active) revert MeterNotActive(meterId);
        known.active = false;
        _touch(_nodes[known.node].gatewayKey);
        emit MeterRetired(meterId, known.node);
    }

    function _bindBus(uint32 node, bytes32 meterId) private returns (uint8 epoch) {
        bytes32 before = _busMeterOf[node];
        Meter memory known = _meters[before];
        if (known.active && known.node == node) revert BusMeterAlreadyActive(node, before);
        _busMeterOf[node] = meterId;
        epoch = _busEpochOf[node] % type(uint8).max + 1;
        _busEpochOf[node] = epoch;
    }

    function _bindGateway(uint32 node, address gatewayKey) private {
        if (gatewayKey == address(0)) revert ZeroAddress();
        uint32 user = _reporters[gatewayKey].node;
        if (user != 0) revert GatewayKeyInUse(gatewayKey, user);
        _reporters[gatewayKey].node = node;
        _touch(gatewayKey);
    }

    /// @dev Counts a change, and gives it to the key whose node changed, so that whoever keeps what was true before can tell.
    function _touch(address gatewayKey) private returns (uint32 change) {
        change = ++_changes;
        Reporter storage known = _reporters[gatewayKey];
        if (known.node != 0) known.revision = change;
    }

    function _activeNode(uint32 node) private view returns (Node storage home) {
        home = _nodes[node];
        if (!home.active) revert NodeNotActive(node);
    }
}
