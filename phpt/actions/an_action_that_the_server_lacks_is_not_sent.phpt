--TEST--
An action that the server is known to lack is not sent
--EXTENSIONS--
apn_ami
--SKIPIF--
<?php
require __DIR__ . '/../simulator.inc';
Apn\AmiClient\Simulator::skip();
?>
--FILE--
<?php
namespace Apn\AmiClient;

require __DIR__ . '/../simulator.inc';

final class Versioned implements VersionedAction
{
    public function __construct(private array $since, private ?string $removedIn = null, private string $name = 'Ping')
    {
    }

    public function name(): string
    {
        return $this->name;
    }

    public function headers(): array
    {
        return [];
    }

    public function completionStrategy(): null
    {
        return null;
    }

    public function since(): array
    {
        return $this->since;
    }

    public function removedIn(): ?string
    {
        return $this->removedIn;
    }
}

$simulator = new Simulator();
$simulator->tell('pbx1 fault mute action=CoreSettings');
$manager = $simulator->ready();
$client = $manager->server('pbx1');

echo "by the banner:\n";
$error = thrown(fn () => $client->send(new Versioned(['12.0.0'], '21', 'SIPpeers')));
var_dump($error instanceof ActionException, $error->serverKey(), $error->actionName(), $error->actionId());
thrown(fn () => $client->send(new Versioned(['23.0.0'])));
var_dump($client->asteriskVersion() !== null, $client->send(new Versioned(['22.11.0']))->await()->get('Ping'));

echo "by the server's own word:\n";
$simulator->tell('pbx1 fault clear');
$manager = $simulator->ready();
$client = $manager->server('pbx1');
until($manager, fn () => $client->asteriskVersion() !== null);
thrown(fn () => $client->send(new Versioned(['20.16.0', '22.11.0'])));
var_dump($client->send(new Versioned(['20.4.0', '22.10.1'], '23'))->await()->get('Ping'));
var_dump($client->send(new Versioned([]))->await()->get('Ping'), $client->health()['pending_actions']);

echo "what is no release:\n";
foreach ([[['twenty']], [[20]], [['a' => '20.4.0']], [array_fill(0, 33, '1.0')], [[], 'never'], [[], '']] as $arguments) {
    $error = thrown(fn () => $client->send(new Versioned(...$arguments)));
    var_dump($error->key());
}
?>
--EXPECT--
by the banner:
ActionSendFailedException: "pbx1": Asterisk 22 does not have SIPpeers (since 12.0.0, removed in 21)
bool(true)
string(4) "pbx1"
string(8) "SIPpeers"
NULL
ActionSendFailedException: "pbx1": Asterisk 22 does not have Ping (since 23.0.0)
bool(false)
string(4) "Pong"
by the server's own word:
ActionSendFailedException: "pbx1": Asterisk 22.10.1-simulated does not have Ping (since 20.16.0 and 22.11.0)
string(4) "Pong"
string(4) "Pong"
int(0)
what is no release:
InvalidConfigurationException: since(): "twenty" is no release of Asterisk, such as "20.4.0"
string(7) "since()"
InvalidConfigurationException: since(): 20 is no release of Asterisk, such as "20.4.0"
string(7) "since()"
InvalidConfigurationException: since(): an array of 1 is no list of releases
string(7) "since()"
InvalidConfigurationException: since(): an array of 33 has more than 32 releases
string(7) "since()"
InvalidConfigurationException: removedIn(): "never" is no release of Asterisk, such as "20.4.0"
string(11) "removedIn()"
InvalidConfigurationException: removedIn(): "" is no release of Asterisk, such as "20.4.0"
string(11) "removedIn()"
