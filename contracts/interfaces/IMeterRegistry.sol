// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

/// @notice What a meter measures.
enum MeterKind {
    Load,
    Generation,
    Battery,
    Bus
}

/// @notice A member's home: the account that trades for it and the key with which its gateway reports.
struct Node {
    address account;
    /// Zero while it is revoked and not yet replaced.
    address gatewayKey;
    bool active;
}

/// @notice A meter as the community admitted it. One storage slot.
struct Meter {
    /// Home that the meter belongs to; 0 when it was never admitted.
    uint32 node;
    /// Power that its circuit can carry, W; bounds what the ledger accepts of it.
    uint24 ratedPowerW;
    /// Numbers all admissions of all meters, so no two have the same. Every admission begins with a new baseline of the counters.
    uint32 admission;
    MeterKind kind;
    bool active;
    /// Of a meter on the bus a number that no other such meter of the node had lately (1 to 255); 0 of others.
    uint8 epoch;
}

/// @title Who reports, and what they may report
/// @notice Homes, the gateway keys that report for them, and their meters, each admitted by the community and revocable.
interface IMeterRegistry {
    event NodeAdmitted(uint32 indexed node, address indexed account, address indexed gatewayKey);
    event AccountReplaced(uint32 indexed node, address indexed oldAccount, address indexed newAccount);
    event GatewayRevoked(uint32 indexed node, address indexed gatewayKey);
    event GatewayReplaced(uint32 indexed node, address indexed oldKey, address indexed newKey);
    event NodeRetired(uint32 indexed node);
    event MeterAdmitted(
        bytes32 indexed meterId, uint32 indexed node, MeterKind kind, uint24 ratedPowerW, uint32 admission
    );
    event MeterRetired(bytes32 indexed meterId, uint32 indexed node);
    /// @notice Comes between the old meter's {MeterRetired} and the new one's {MeterAdmitted}.
    event MeterReplaced(bytes32 indexed oldMeterId, bytes32 indexed newMeterId, uint32 indexed node);

    /// @notice An account or key is the zero address.
    error ZeroAddress();
    /// @notice The key already reports for a node.
    error GatewayKeyInUse(address gatewayKey, uint32 node);
    /// @notice The node's key is revoked already.
    error GatewayAlreadyRevoked(uint32 node);
    /// @notice No active node has this number.
    error NodeNotActive(uint32 node);
    /// @notice Not six bytes of board id and one of meter index, followed by zeros.
    error MalformedMeterId(bytes32 meterId);
    /// @notice A meter without a rated power could count nothing.
    error ZeroRatedPower();
    /// @notice The meter is admitted already; retire it first.
    error MeterAlreadyActive(bytes32 meterId, uint32 node);
    /// @notice The meter is not admitted.
    error MeterNotActive(bytes32 meterId);
    /// @notice The node has a meter on the bus; its account is settled by one, so replace that.
    error BusMeterAlreadyActive(uint32 node, bytes32 meterId);

    /// @notice Admits a home. Registrar only.
    /// @return node Its number, from 1.
    function admitNode(address account, address gatewayKey) external returns (uint32 node);

    /// @notice Lets another account trade for a node, as when its key is lost. Its coins go on. Registrar only.
    function replaceAccount(uint32 node, address account) external;

    /// @notice Takes a gateway key's right to report. The node's batches wait for {replaceGateway}. Registrar only.
    function revokeGateway(uint32 node) external;

    /// @notice Lets another key report for a node, and the old one no longer. Its batches go on. Registrar only.
    function replaceGateway(uint32 node, address gatewayKey) external;

    /// @notice Takes a node's right to report, for good. Registrar only.
    function retireNode(uint32 node) external;

    /// @notice Admits a meter, or a retired one again, then with a new baseline and perhaps another home. Registrar only.
    /// @param ratedPowerW Power that its circuit can carry, W.
    function admitMeter(uint32 node, bytes32 meterId, MeterKind kind, uint24 ratedPowerW) external;

    /// @notice Puts another meter in a meter's place: of the same node and kind, its account goes on. Registrar only.
    /// @param newMeterId May be the old one, when that lost its counters.
    /// @param ratedPowerW Power that the circuit can carry now, W.
    function replaceMeter(bytes32 oldMeterId, bytes32 newMeterId, uint24 ratedPowerW) external;

    /// @notice Takes a meter out of the accounts. Registrar only.
    function retireMeter(bytes32 meterId) external;

    /// @notice Stops all changes of the registry. Guardian only.
    function pause() external;

    /// @notice Allows changes again. Guardian only.
    function unpause() external;

    /// @notice Number of nodes ever admitted; they are numbered from 1.
    function nodeCount() external view returns (uint32);

    /// @notice A node by its number; zeros when there is none.
    function nodeInfo(uint32 node) external view returns (Node memory);

    /// @notice The node that a key reports for; 0 when it reports for none.
    function nodeOf(address gatewayKey) external view returns (uint32 node);

    /// @notice What a key reports for; zeros when it reports for nothing.
    /// @return node The node.
    /// @return revision Another one, and one that no node ever had, after each change of the node's meters or of its key.
    function reporter(address gatewayKey) external view returns (uint32 node, uint32 revision);

    /// @notice A meter by its id; zeros when it was never admitted.
    function meter(bytes32 meterId) external view returns (Meter memory);

    /// @notice The meter of a node's connection to the neighbours' bus, also after it was retired; zero when there never was one.
    function busMeterOf(uint32 node) external view returns (bytes32 meterId);
}
