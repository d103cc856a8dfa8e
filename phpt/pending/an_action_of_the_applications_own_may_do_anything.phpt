--TEST--
The methods of an application's own action may tick, send and throw
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

$simulator = new Simulator();
$manager = $simulator->ready();
$client = $manager->default();
final class Busy implements Action
{
    public function __construct(private AmiClientManager $manager) {}
    public function name(): string { $this->manager->tickAll(); return 'Ping'; }
    public function headers(): array { $this->manager->default()->call(new GenericAction('Ping')); return []; }
    public function completionStrategy(): ?CompletionStrategy { gc_collect_cycles(); return null; }
}
final class Fails implements Action
{
    public function name(): string { throw new \DomainException('no name'); }
    public function headers(): array { return []; }
    public function completionStrategy(): ?CompletionStrategy { return null; }
}
var_dump($client->call(new Busy($manager))->get('Ping'));
thrown(fn () => $client->send(new Fails()));
thrown(fn () => $manager->send(new Fails()));
var_dump($client->health()['pending_actions']);
?>
--EXPECT--
string(4) "Pong"
DomainException: no name
DomainException: no name
int(0)
