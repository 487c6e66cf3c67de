// BouncyCastle at work for tests/interop: reads one order a line from standard input, `VERB<tab>NAME=VALUE<tab>…`, and answers each
// with one line, `yes` or `no<tab>why`. Values are paths, names of algorithms, or hexadecimal.

import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.SecureRandom;
import java.security.Security;
import java.security.cert.Certificate;
import java.security.cert.X509Certificate;
import java.security.interfaces.ECPublicKey;
import java.security.spec.MGF1ParameterSpec;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import javax.crypto.spec.OAEPParameterSpec;
import javax.crypto.spec.PSource;
import javax.crypto.spec.SecretKeySpec;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.cms.CMSObjectIdentifiers;
import org.bouncycastle.asn1.cms.ContentInfo;
import org.bouncycastle.asn1.pkcs.PKCSObjectIdentifiers;
import org.bouncycastle.asn1.pkcs.PrivateKeyInfo;
import org.bouncycastle.asn1.x509.AlgorithmIdentifier;
import org.bouncycastle.cert.X509CertificateHolder;
import org.bouncycastle.cert.jcajce.JcaCertStore;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.cms.CMSAbsentContent;
import org.bouncycastle.cms.CMSAlgorithm;
import org.bouncycastle.cms.CMSAuthEnvelopedData;
import org.bouncycastle.cms.CMSAuthEnvelopedDataGenerator;
import org.bouncycastle.cms.CMSCompressedDataGenerator;
import org.bouncycastle.cms.CMSEnvelopedData;
import org.bouncycastle.cms.CMSEnvelopedDataGenerator;
import org.bouncycastle.cms.CMSProcessableByteArray;
import org.bouncycastle.cms.CMSSignedData;
import org.bouncycastle.cms.CMSSignedDataGenerator;
import org.bouncycastle.cms.KEKRecipientInformation;
import org.bouncycastle.cms.KeyAgreeRecipientInformation;
import org.bouncycastle.cms.KeyTransRecipientInformation;
import org.bouncycastle.cms.PasswordRecipient;
import org.bouncycastle.cms.PasswordRecipientInformation;
import org.bouncycastle.cms.Recipient;
import org.bouncycastle.cms.RecipientInfoGenerator;
import org.bouncycastle.cms.RecipientInformation;
import org.bouncycastle.cms.SignerInformation;
import org.bouncycastle.cms.jcajce.JcaSignerInfoGeneratorBuilder;
import org.bouncycastle.cms.jcajce.JcaSimpleSignerInfoVerifierBuilder;
import org.bouncycastle.cms.jcajce.JceCMSContentEncryptorBuilder;
import org.bouncycastle.cms.jcajce.JceKEKEnvelopedRecipient;
import org.bouncycastle.cms.jcajce.JceKEKRecipientInfoGenerator;
import org.bouncycastle.cms.jcajce.JceKeyAgreeEnvelopedRecipient;
import org.bouncycastle.cms.jcajce.JceKeyAgreeRecipientInfoGenerator;
import org.bouncycastle.cms.jcajce.JceKeyTransAuthEnvelopedRecipient;
import org.bouncycastle.cms.jcajce.JceKeyTransEnvelopedRecipient;
import org.bouncycastle.cms.jcajce.JceKeyTransRecipientInfoGenerator;
import org.bouncycastle.cms.jcajce.JcePasswordEnvelopedRecipient;
import org.bouncycastle.cms.jcajce.JcePasswordRecipientInfoGenerator;
import org.bouncycastle.cms.jcajce.ZlibCompressor;
import org.bouncycastle.jce.provider.BouncyCastleProvider;
import org.bouncycastle.openssl.PEMParser;
import org.bouncycastle.openssl.jcajce.JcaPEMKeyConverter;
import org.bouncycastle.operator.OutputAEADEncryptor;
import org.bouncycastle.operator.OutputEncryptor;
import org.bouncycastle.operator.jcajce.JcaAlgorithmParametersConverter;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;
import org.bouncycastle.operator.jcajce.JcaDigestCalculatorProviderBuilder;
import org.bouncycastle.util.encoders.Hex;

public class Driver {
  private static final ASN1ObjectIdentifier X25519_HKDF_SHA256 = PKCSObjectIdentifiers.id_alg.branch("19");
  private static final Map<String, ASN1ObjectIdentifier> CIPHERS = Map.of("aes128-cbc", CMSAlgorithm.AES128_CBC, "aes256-cbc",
      CMSAlgorithm.AES256_CBC, "aes256-gcm", CMSAlgorithm.AES256_GCM);

  public static void main(String[] arguments) throws Exception {
    Security.addProvider(new BouncyCastleProvider());
    System.out.println(new BouncyCastleProvider().getVersionStr());
    BufferedReader orders = new BufferedReader(new InputStreamReader(System.in));
    for (String line = orders.readLine(); line != null; line = orders.readLine()) {
      System.out.println(answer(line.split("\t")));
    }
  }

  private static String answer(String[] words) {
    Map<String, String> order = new HashMap<>();
    for (int i = 1; i < words.length; i++) {
      String[] pair = words[i].split("=", 2);
      order.put(pair[0], pair[1]);
    }
    try {
      write(order.get("out"), obey(words[0], order));
      return "yes";
    } catch (Exception | LinkageError failure) {
      return "no\t" + describe(failure);
    }
  }

  private static byte[] obey(String verb, Map<String, String> order) throws Exception {
    switch (verb) {
      case "sign": return sign(order);
      case "verify": return verify(order);
      case "encrypt": return encrypt(order);
      case "decrypt": return decrypt(order);
      case "compress": return compress(order);
      case "certificates": return certificates(order);
      case "pkcs12": return pkcs12(order);
      default: throw new IllegalArgumentException("no such order: " + verb);
    }
  }

  // The innermost cause says most.
  private static String describe(Throwable failure) {
    while (failure.getCause() != null) {
      failure = failure.getCause();
    }
    return (failure.getClass().getSimpleName() + ": " + failure.getMessage()).replaceAll("\\s+", " ");
  }

  private static byte[] read(String path) throws Exception { return Files.readAllBytes(Path.of(path)); }

  private static void write(String path, byte[] octets) throws Exception { Files.write(Path.of(path), octets); }

  private static PrivateKey key(String path) throws Exception {
    try (PEMParser parser = new PEMParser(Files.newBufferedReader(Path.of(path)))) {
      return new JcaPEMKeyConverter().setProvider("BC").getPrivateKey((PrivateKeyInfo) parser.readObject());
    }
  }

  private static X509Certificate certificate(X509CertificateHolder holder) throws Exception {
    return new JcaX509CertificateConverter().setProvider("BC").getCertificate(holder);
  }

  private static X509Certificate certificate(String path) throws Exception {
    try (PEMParser parser = new PEMParser(Files.newBufferedReader(Path.of(path)))) {
      return certificate((X509CertificateHolder) parser.readObject());
    }
  }

  private static byte[] sign(Map<String, String> order) throws Exception {
    X509Certificate certificate = certificate(order.get("cert"));
    CMSSignedDataGenerator generator = new CMSSignedDataGenerator();
    generator.addSignerInfoGenerator(
        new JcaSignerInfoGeneratorBuilder(new JcaDigestCalculatorProviderBuilder().setProvider("BC").build())
            .build(new JcaContentSignerBuilder(order.get("algorithm")).setProvider("BC").build(key(order.get("key"))), certificate));
    generator.addCertificates(new JcaCertStore(List.of(certificate)));
    return generator.generate(new CMSProcessableByteArray(read(order.get("in"))), order.containsKey("opaque")).getEncoded();
  }

  // Each signature, and each signer's certificate against the authority; gives the content.
  private static byte[] verify(Map<String, String> order) throws Exception {
    byte[] octets = read(order.get("in"));
    CMSSignedData signed = order.containsKey("content")
        ? new CMSSignedData(new CMSProcessableByteArray(read(order.get("content"))), octets)
        : new CMSSignedData(octets);
    Collection<SignerInformation> signers = signed.getSignerInfos().getSigners();
    check(!signers.isEmpty(), "no signer");
    for (SignerInformation signer : signers) {
      @SuppressWarnings("unchecked")
      Collection<X509CertificateHolder> matching = signed.getCertificates().getMatches(signer.getSID());
      check(matching.size() == 1, "the signer's certificate is not there");
      X509Certificate certificate = certificate(matching.iterator().next());
      certificate.verify(certificate(order.get("ca")).getPublicKey());
      check(signer.verify(new JcaSimpleSignerInfoVerifierBuilder().setProvider("BC").build(certificate)), "the signature is wrong");
    }
    return (byte[]) signed.getSignedContent().getContent();
  }

  private static void check(boolean holds, String otherwise) {
    if (!holds) {
      throw new IllegalStateException(otherwise);
    }
  }

  private static byte[] encrypt(Map<String, String> order) throws Exception {
    CMSProcessableByteArray content = new CMSProcessableByteArray(read(order.get("in")));
    OutputEncryptor encryptor = encryptor(order);
    if (encryptor instanceof OutputAEADEncryptor) {
      CMSAuthEnvelopedDataGenerator generator = new CMSAuthEnvelopedDataGenerator();
      generator.addRecipientInfoGenerator(recipientInfo(order));
      return generator.generate(content, (OutputAEADEncryptor) encryptor).getEncoded();
    }
    CMSEnvelopedDataGenerator generator = new CMSEnvelopedDataGenerator();
    generator.addRecipientInfoGenerator(recipientInfo(order));
    return generator.generate(content, encryptor).getEncoded();
  }

  private static OutputEncryptor encryptor(Map<String, String> order) throws Exception {
    JceCMSContentEncryptorBuilder builder = new JceCMSContentEncryptorBuilder(CIPHERS.get(order.get("cipher"))).setProvider("BC");
    if (order.containsKey("derive")) {  // by name, because Debian 12's version has it not yet
      builder.getClass().getMethod("setEnableSha256HKdf", boolean.class).invoke(builder, true);
    }
    return builder.build();
  }

  private static RecipientInfoGenerator recipientInfo(Map<String, String> order) throws Exception {
    switch (order.get("kind")) {
      case "v15": return new JceKeyTransRecipientInfoGenerator(certificate(order.get("cert"))).setProvider("BC");
      case "oaep": return new JceKeyTransRecipientInfoGenerator(certificate(order.get("cert")), oaep()).setProvider("BC");
      case "ecdh": return agreement(certificate(order.get("cert")));
      case "kek":
        return new JceKEKRecipientInfoGenerator(Hex.decode(order.get("kekid")), new SecretKeySpec(Hex.decode(order.get("kek")), "AES"))
            .setProvider("BC");
      case "password":
        return new JcePasswordRecipientInfoGenerator(CMSAlgorithm.AES256_CBC, order.get("password").toCharArray())
            .setProvider("BC")
            .setPRF(PasswordRecipient.PRF.HMacSHA256);
      default: throw new IllegalArgumentException("no such recipient: " + order.get("kind"));
    }
  }

  private static AlgorithmIdentifier oaep() throws Exception {
    return new JcaAlgorithmParametersConverter().getAlgorithmIdentifier(PKCSObjectIdentifiers.id_RSAES_OAEP,
        new OAEPParameterSpec("SHA-256", "MGF1", MGF1ParameterSpec.SHA256, PSource.PSpecified.DEFAULT));
  }

  private static RecipientInfoGenerator agreement(X509Certificate certificate) throws Exception {
    PublicKey theirs = certificate.getPublicKey();
    KeyPairGenerator pairs;
    ASN1ObjectIdentifier scheme = X25519_HKDF_SHA256;
    if (theirs instanceof ECPublicKey) {
      pairs = KeyPairGenerator.getInstance("EC", "BC");
      pairs.initialize(((ECPublicKey) theirs).getParams(), new SecureRandom());
      scheme = CMSAlgorithm.ECDH_SHA256KDF;
    } else {
      pairs = KeyPairGenerator.getInstance("X25519", "BC");
    }
    KeyPair ours = pairs.generateKeyPair();
    return new JceKeyAgreeRecipientInfoGenerator(scheme, ours.getPrivate(), ours.getPublic(), CMSAlgorithm.AES256_WRAP)
        .addRecipient(certificate)
        .setProvider("BC");
  }

  private static byte[] decrypt(Map<String, String> order) throws Exception {
    byte[] octets = read(order.get("in"));
    boolean authenticated = ContentInfo.getInstance(octets).getContentType().equals(CMSObjectIdentifiers.authEnvelopedData);
    RecipientInformation recipient = (authenticated ? new CMSAuthEnvelopedData(octets).getRecipientInfos()
                                                    : new CMSEnvelopedData(octets).getRecipientInfos())
                                         .getRecipients()
                                         .iterator()
                                         .next();
    return recipient.getContent(opener(recipient, order, authenticated));
  }

  private static Recipient opener(RecipientInformation recipient, Map<String, String> order, boolean authenticated) throws Exception {
    if (recipient instanceof KEKRecipientInformation) {
      return new JceKEKEnvelopedRecipient(new SecretKeySpec(Hex.decode(order.get("kek")), "AES")).setProvider("BC");
    }
    if (recipient instanceof PasswordRecipientInformation) {
      return new JcePasswordEnvelopedRecipient(order.get("password").toCharArray()).setProvider("BC");
    }
    if (recipient instanceof KeyAgreeRecipientInformation) {
      return new JceKeyAgreeEnvelopedRecipient(key(order.get("key"))).setProvider("BC");
    }
    check(recipient instanceof KeyTransRecipientInformation, "this driver does not know this kind of recipient");
    PrivateKey key = key(order.get("key"));
    return authenticated ? new JceKeyTransAuthEnvelopedRecipient(key).setProvider("BC")
                         : new JceKeyTransEnvelopedRecipient(key).setProvider("BC");
  }

  private static byte[] compress(Map<String, String> order) throws Exception {
    return new CMSCompressedDataGenerator().generate(new CMSProcessableByteArray(read(order.get("in"))), new ZlibCompressor()).getEncoded();
  }

  private static byte[] certificates(Map<String, String> order) throws Exception {
    CMSSignedDataGenerator generator = new CMSSignedDataGenerator();
    generator.addCertificates(new JcaCertStore(List.of(certificate(order.get("cert")), certificate(order.get("ca")))));
    return generator.generate(new CMSAbsentContent()).getEncoded();
  }

  private static byte[] pkcs12(Map<String, String> order) throws Exception {
    KeyStore store = KeyStore.getInstance("PKCS12", "BC");
    store.load(null, null);
    Certificate[] chain = {certificate(order.get("cert")), certificate(order.get("ca"))};
    store.setKeyEntry("identity", key(order.get("key")), null, chain);
    java.io.ByteArrayOutputStream out = new java.io.ByteArrayOutputStream();
    store.store(out, order.get("password").toCharArray());
    return out.toByteArray();
  }
}
