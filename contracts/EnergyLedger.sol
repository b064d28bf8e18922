// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {MerkleProof} from "@openzeppelin/contracts/utils/cryptography/MerkleProof.sol";
import {Governed} from "./Governed.sol";
import {IEnergyLedger, MeterState} from "./interfaces/IEnergyLedger.sol";
import {IMeterRegistry, Meter} from "./interfaces/IMeterRegistry.sol";
import {CheckpointReader} from "./libraries/CheckpointReader.sol";
import {RatedPower} from "./libraries/RatedPower.sol";
import {Reading, ReadingLeaf} from "./libraries/ReadingLeaf.sol";
import {CalldataWords, Words} from "./libraries/Words.sol";
import {Counters, CountersLib} from "./types/Counters.sol";
import {Pair} from "./types/Pair.sol";
import {Registration, RegistrationLib} from "./types/Registration.sol";

/// @title EnergyLedger
/// @notice See {IEnergyLedger}.
contract EnergyLedger is IEnergyLedger, Governed {
    using Words for uint256[];
    using CalldataWords for uint256[];

    /// @dev What is known of two neighbouring meters.
    struct Meters {
        /// Their newest {Counters}.
        Pair counters;
        /// Their {Registration}s as of the last checkpoint.
        Pair registrations;
    }

    /// @dev A node's batches.
    struct Batches {
        uint64 last;
        mapping(uint64 number => bytes32 root) roots;
    }

    /// @notice Checkpoints that one batch may carry, each meter's counted.
    uint256 public constant MAX_CHECKPOINTS = 256;
    /// @inheritdoc IEnergyLedger
    /// @dev Ten days of quarter-hours.
    uint256 public constant HISTORY_SLOTS = 1024;
    /// Bits of a meter id behind its board's id and its index: zeros.
    uint256 private constant METER_ID_SHIFT = 200;

    /// @inheritdoc IEnergyLedger
    uint32 public immutable slotSeconds;

    mapping(uint32 node => Batches) private _batches;
    /// By half the meters' numbers, which are their ids without the zeros.
    mapping(uint256 pair => Meters) private _meters;
    /// Nodes' {Counters} on the bus, at the places of {_placeOf}.
    mapping(uint256 place => Pair) private _reports;

    constructor(IMeterRegistry registry_, uint32 slotSeconds_) Governed(registry_) {
        if (slotSeconds_ == 0 || slotSeconds_ > 1 days) revert InvalidSlotSeconds(slotSeconds_);
        slotSeconds = slotSeconds_;
    }

    /// @inheritdoc IEnergyLedger
    function commit(
        uint64 number,
        bytes32 root,
        uint32 readingCount,
        uint64 fromMs,
        uint64 toMs,
        bytes calldata checkpoints
    ) external whenNotPaused {
        (uint32 node, uint32 revision) = registry.reporter(msg.sender);
        if (node == 0) revert UnknownGateway(msg.sender);
        Batches storage batches = _batches[node];
        uint64 expected = batches.last + 1;
        if (number != expected) revert NotNextBatch(node, expected, number);
        if (readingCount == 0 && checkpoints.length == 0) revert EmptyBatch();
        if ((readingCount == 0) != (root == 0)) revert RootWithoutReadings(root, readingCount);
        if (fromMs > toMs) revert InvalidPeriod(fromMs, toMs);

        batches.last = number;
        if (root != 0) batches.roots[number] = root;
        emit BatchCommitted(node, number, root, readingCount, fromMs, toMs, checkpoints);
        _record(node, revision, checkpoints);
    }

    /// @inheritdoc IEnergyLedger
    function verifyReading(uint32 node, uint64 number, Reading calldata reading, bytes32[] calldata proof)
        external
        view
        returns (bool)
    {
        bytes32 root = _batches[node].roots[number];
        return root != 0 && MerkleProof.verifyCalldata(proof, root, ReadingLeaf.hash(reading));
    }

    /// @inheritdoc IEnergyLedger
    function nextBatch(uint32 node) external view returns (uint64 number) {
        return _batches[node].last + 1;
    }

    /// @inheritdoc IEnergyLedger
    function batchRoot(uint32 node, uint64 number) external view returns (bytes32 root) {
        return _batches[node].roots[number];
    }

    /// @inheritdoc IEnergyLedger
    function meterState(bytes32 meterId) external view returns (MeterState memory) {
        uint256 meter = uint256(meterId) >> METER_ID_SHIFT;
        Meters storage meters = _meters[meter >> 1];
        Counters counters = Counters.wrap(meters.counters.half(meter));
        return MeterState({
            admission: uint32(Registration.wrap(meters.registrations.half(meter)).admission()),
            slot: uint32(counters.slot()),
            importMwh: uint64(counters.importMwh()),
            exportMwh: uint64(counters.exportMwh())
        });
    }

    /// @inheritdoc IEnergyLedger
    function reportsOf(uint256[] calldata nodes, uint256 slot) external view returns (uint256[] memory reports) {
        reports = Words.make(nodes.length);
        uint256 read = type(uint256).max;
        Pair pair;
        // Places of lists; a node that is none has no report.
        unchecked {
            for (uint256 i = 0; i < nodes.length; ++i) {
                uint256 node = nodes.read(i);
                uint256 place = _placeOf(node, slot);
                // Two neighbours are read at once.
                if (place != read) pair = _reports[place];
                read = place;
                Counters found = Counters.wrap(pair.half(node));
                reports.set(i, found.slot() == slot ? Counters.unwrap(found) : 0);
            }
        }
    }

    /// @inheritdoc IEnergyLedger
    function busLimit(uint32 node) external view returns (uint256 limitMwh, uint32 lastSlot, bool reports) {
        bytes32 meterId = registry.busMeterOf(node);
        Meter memory meter = registry.meter(meterId);
        if (meter.node != node) return (0, 0, false);
        reports = meter.active && registry.nodeInfo(node).active;
        uint256 number = uint256(meterId) >> METER_ID_SHIFT;
        Counters counters = Counters.wrap(_meters[number >> 1].counters.half(number));
        lastSlot = uint32(reports ? block.timestamp / slotSeconds : counters.slot());
        limitMwh = RatedPower.limitMwh(meter.ratedPowerW, slotSeconds);
    }

    function _record(uint32 node, uint256 revision, bytes calldata checkpoints) private {
        uint256 offset = 0;
        uint256 total = 0;
        // Additions of numbers below 2^40 each: no overflow.
        unchecked {
            while (offset < checkpoints.length) {
                (uint256 board, uint256 slot, uint256 count) = CheckpointReader.board(checkpoints, offset);
                offset += CheckpointReader.BOARD_BYTES;
                uint256 end = offset + count * CheckpointReader.METER_BYTES;
                if (end > checkpoints.length) revert TruncatedCheckpoints(checkpoints.length, end);
                total += count;
                if (total > MAX_CHECKPOINTS) revert TooManyCheckpoints(total, MAX_CHECKPOINTS);
                uint256 endsAt = (slot + 1) * slotSeconds;
                if (endsAt > block.timestamp) revert SlotNotEnded(uint32(slot), endsAt, block.timestamp);
                for (; offset < end; offset += CheckpointReader.METER_BYTES) {
                    (uint256 index, uint256 energies) = CheckpointReader.meter(checkpoints, offset);
                    _advance(node, revision, (board << 8) | index, CountersLib.pack(0, slot, energies));
                }
            }
        }
    }

    /// @dev Moves a meter on to its next counters, or reverts.
    function _advance(uint32 node, uint256 revision, uint256 meter, Counters next) private {
        Meters storage meters = _meters[meter >> 1];
        Pair pair = meters.counters;
        Counters last = Counters.wrap(pair.half(meter));
        // A slot is never recorded twice, not even under another admission.
        if (next.slot() <= last.slot()) revert SlotNotAfter(_idOf(meter), uint32(last.slot()), uint32(next.slot()));
        Registration registration = Registration.wrap(meters.registrations.half(meter));
        bool continues = true;
        // What the registry said is as it was while the node's revision is: no two nodes, and no two times, have the same.
        if (registration.revision() != revision) {
            (registration, continues) = _register(node, revision, meter, registration);
        }
        // The first checkpoint of an admission is the baseline: energy is the difference of two checkpoints, so it counts
        // nothing and needs no bound by rated power.
        if (continues) _checkEnergy(meter, registration.ratedPowerW(), last, next);
        meters.counters = pair.withHalf(meter, Counters.unwrap(next));
        uint256 epoch = registration.epoch();
        if (epoch != 0) _report(node, meter, next.withEpoch(epoch));
    }

    /// @dev Keeps a bus meter's counters for the settlement, each slot of a node once, also when its meter was replaced in between.
    function _report(uint256 node, uint256 meter, Counters next) private {
        uint256 place = _placeOf(node, next.slot());
        Pair pair = _reports[place];
        uint256 known = Counters.wrap(pair.half(node)).slot();
        if (known >= next.slot()) revert SlotNotAfter(_idOf(meter), uint32(known), uint32(next.slot()));
        _reports[place] = pair.withHalf(node, Counters.unwrap(next));
    }

    /// @dev Asks the registry for a meter.
    /// @return registration As it is now.
    /// @return continues Whether the admission is that of the meter's last checkpoint.
    function _register(uint32 node, uint256 revision, uint256 meter, Registration before)
        private
        returns (Registration registration, bool continues)
    {
        Meter memory found = registry.meter(_idOf(meter));
        if (found.node != node) revert ForeignMeter(_idOf(meter), node);
        if (!found.active) revert RetiredMeter(_idOf(meter));
        registration = RegistrationLib.pack(revision, found.admission, found.ratedPowerW, found.epoch);
        continues = before.admission() == found.admission;
        Meters storage meters = _meters[meter >> 1];
        meters.registrations = meters.registrations.withHalf(meter, Registration.unwrap(registration));
    }

    /// @dev Energy never runs backwards, and is never more than rated power × time.
    function _checkEnergy(uint256 meter, uint256 ratedPowerW, Counters last, Counters next) private view {
        // The slot is after the last one; below, the counters are not before the last ones.
        unchecked {
            uint256 limitMwh = RatedPower.limitMwh(ratedPowerW, (next.slot() - last.slot()) * slotSeconds);
            if (next.importMwh() < last.importMwh() || next.exportMwh() < last.exportMwh()) {
                revert CounterBackwards(_idOf(meter), uint32(next.slot()));
            }
            uint256 importedMwh = next.importMwh() - last.importMwh();
            uint256 exportedMwh = next.exportMwh() - last.exportMwh();
            uint256 largerMwh = importedMwh > exportedMwh ? importedMwh : exportedMwh;
            if (largerMwh <= limitMwh) return;
            revert EnergyAboveRatedPower(_idOf(meter), uint32(next.slot()), uint64(largerMwh), limitMwh);
        }
    }

    /// @dev Every two nodes have a ring of reports: that of a slot is at its remainder by HISTORY_SLOTS.
    function _placeOf(uint256 node, uint256 slot) private pure returns (uint256) {
        return ((node >> 1) << 32) | (slot % HISTORY_SLOTS);
    }

    function _idOf(uint256 meter) private pure returns (bytes32) {
        return bytes32(meter << METER_ID_SHIFT);
    }
}
