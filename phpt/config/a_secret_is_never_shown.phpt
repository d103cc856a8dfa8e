--TEST--
A secret is in no dump, export, trace, message or property
--EXTENSIONS--
apn_ami
--INI--
zend.exception_ignore_args=0
zend.exception_string_param_max_len=1000
--FILE--
<?php
namespace Apn\AmiClient;

$server = new ServerConfig('pbx1', '192.0.2.1', 'dialer', 'hunter2');
$registry = new ServerRegistry([$server, ServerConfig::fromArray('pbx2', ['host' => '192.0.2.2', 'username' => 'u', 'secret' => 'hunter2'])]);

ob_start();
foreach ([$server, $registry, $registry->get('pbx2')] as $object) {
    var_dump($object, (array) $object, get_mangled_object_vars($object));
    print_r($object);
    var_export($object);
    echo json_encode($object), new \ReflectionObject($object);
    foreach ((new \ReflectionObject($object))->getProperties() as $property) {
        var_dump($property->getValue($object));
    }
}
$shown = ob_get_clean();

$attempts = [
    fn () => new ServerConfig('pbx1', '192.0.2.1', 'u', "hunter2\n"),
    fn () => new ServerConfig('', '192.0.2.1', 'u', 'hunter2'),
    fn () => new ServerConfig('pbx1', '192.0.2.1', 'u', 'hunter2', port: 0),
    fn () => new ServerConfig('pbx1', '192.0.2.1', 'u', ['hunter2']),
    fn () => ServerConfig::fromArray('pbx1', ['host' => 'ami://u:hunter2@192.0.2.1']),
    fn () => ServerConfig::fromArray('pbx1', ['secrt' => 'hunter2']),
    fn () => ServerConfig::fromArray('pbx1', ['password' => 'hunter2']),
    fn () => ServerConfig::fromArray('pbx1', 'ami://u:hunter2@192.0.2.1'),
    fn () => ServerConfig::fromArray('pbx1', ['host' => '192.0.2.1', 'secret' => 'hunter2', 'username' => '']),
    fn () => ServerRegistry::fromArray(['pbx1' => ['secret' => 'hunter2']]),
    fn () => ServerRegistry::fromArray(['pbx1' => 'ami://u:hunter2@192.0.2.1']),
    fn () => ServerRegistry::fromArray('ami://u:hunter2@192.0.2.1'),
    fn () => new ServerRegistry([['secret' => 'hunter2']]),
    fn () => new ServerRegistry(['ami://u:hunter2@192.0.2.1']),
];
foreach ($attempts as $i => $attempt) {
    try {
        $attempt();
        echo "not refused: $i\n";
    } catch (\Throwable $e) {
        $said = $e . print_r($e->getTrace(), true) . print_r($e instanceof InvalidConfigurationException ? [$e->value(), $e->key()] : [], true);
        if (str_contains($said, 'hunter2')) {
            echo "shown by $i: ", $e::class, ' ', $e->getMessage(), "\n";
        }
        $shown .= $e->getMessage();
    }
}
var_dump(str_contains($shown, 'hunter2'), str_contains($shown, 'dialer'));
?>
--EXPECT--
bool(false)
bool(true)
