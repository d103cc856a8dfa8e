--TEST--
ConnectionState and CircuitState are enums with the names that logs and metrics use as values
--EXTENSIONS--
apn_ami
--FILE--
<?php
namespace Apn\AmiClient;

foreach ([ConnectionState::class, CircuitState::class] as $enum) {
    foreach ($enum::cases() as $case) {
        echo $enum, '::', $case->name, ' = ', $case->value, "\n";
    }
}
var_dump(ConnectionState::from('ready') === ConnectionState::Ready, ConnectionState::tryFrom('asleep'));
echo match (CircuitState::tryFrom('half_open')) {
    CircuitState::HalfOpen => "half open\n",
    default => "something else\n",
};
var_dump(unserialize(serialize(ConnectionState::Fatal)), json_encode(CircuitState::Open));
?>
--EXPECT--
Apn\AmiClient\ConnectionState::Disconnected = disconnected
Apn\AmiClient\ConnectionState::Connecting = connecting
Apn\AmiClient\ConnectionState::Connected = connected
Apn\AmiClient\ConnectionState::Authenticating = authenticating
Apn\AmiClient\ConnectionState::Ready = ready
Apn\AmiClient\ConnectionState::Degraded = degraded
Apn\AmiClient\ConnectionState::Reconnecting = reconnecting
Apn\AmiClient\ConnectionState::Closing = closing
Apn\AmiClient\ConnectionState::Fatal = fatal
Apn\AmiClient\CircuitState::Closed = closed
Apn\AmiClient\CircuitState::Open = open
Apn\AmiClient\CircuitState::HalfOpen = half_open
bool(true)
NULL
half open
enum(Apn\AmiClient\ConnectionState::Fatal)
string(6) ""open""
