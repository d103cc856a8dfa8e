--TEST--
A manager, its strategy and its resolver that refer to one another are collected
--EXTENSIONS--
apn_ami
--FILE--
<?php
namespace Apn\AmiClient;

class Mine implements RoutingStrategy
{
    public ?AmiClientManager $manager = null;

    public function select(array $candidates, ?Action $action): ?string
    {
        return null;
    }

    public function __destruct()
    {
        echo "destroyed\n";
    }
}

$config = ['servers' => ['a' => ['host' => 'a', 'username' => 'u', 'secret' => 's']], 'options' => ['enforce_ip_endpoints' => false]];
$resolving = new Mine();
$mine = new Mine();
$mine->manager = $resolving->manager = AmiClientManager::fromConfig($config, resolver: function () use ($resolving): string { return '127.0.0.1'; });
$mine->manager->routing($mine);
unset($mine, $resolving);
$holder = new Mine();
$holder->manager = AmiClientManager::fromConfig($config, resolver: fn () => '127.0.0.1');
$holder->manager->routing(new Sticky(function () use ($holder): string { return ''; }));
unset($holder);
echo "collecting\n";
var_dump(gc_collect_cycles() > 0);
echo "done\n";
$manager = AmiClientManager::fromConfig($config, resolver: fn () => '127.0.0.1');
$manager->routing(new Mine());
$manager->routing(new RoundRobin());
echo "replaced\n";
?>
--EXPECT--
collecting
destroyed
destroyed
destroyed
bool(true)
done
destroyed
replaced
